import { type Bench, type Figure, medianMicroseconds } from "../testing/bench.ts";
import { aesGcmWith } from "./aes-gcm.ts";
import { secretboxWith } from "./box.ts";
import { ed448With } from "./ed448.ts";
import { ed25519With } from "./ed25519.ts";
import { hkdfSha512With } from "./hkdf.ts";
import { offersOf } from "./offers.ts";
import type { Primitives } from "./primitives.ts";
import { systemRandom } from "./random.ts";
import { x448With } from "./x448.ts";
import { x25519With } from "./x25519.ts";

const blockLength = 16_384;
const key = systemRandom(32);
const nonce = systemRandom(24);
const iv = systemRandom(16);
const info = new TextEncoder().encode("SimpleXSbChain");
const empty = new Uint8Array(0);
const message = systemRandom(blockLength - 18);
const command = systemRandom(200);

/** One operation through every provider that has the primitive. */
interface Operation {
  readonly name: string;
  readonly runs: readonly { readonly provider: string; readonly run: () => unknown }[];
}

function operation<Name extends keyof Primitives>(
  name: string,
  primitive: Name,
  prepare: (implementation: Primitives[Name]) => () => unknown,
): Operation {
  const runs = offersOf(primitive).map(({ provider, implementation }) => ({
    provider,
    run: prepare(implementation),
  }));
  return { name, runs };
}

const operations: readonly Operation[] = [
  operation("secretbox-seal-16k", "xsalsa20Poly1305", (cipher) => {
    const box = secretboxWith(cipher);
    return () => box.seal(key, nonce, message, blockLength - 16);
  }),
  operation("secretbox-open-16k", "xsalsa20Poly1305", (cipher) => {
    const box = secretboxWith(cipher);
    const boxed = box.seal(key, nonce, message, blockLength - 16);
    return () => box.open(key, nonce, boxed);
  }),
  operation("secretbox-seal-64", "xsalsa20Poly1305", (cipher) => {
    const box = secretboxWith(cipher);
    return () => box.sealNoPad(key, nonce, message.subarray(0, 64));
  }),
  operation("aes-gcm-seal-16k", "aes256Gcm", (aead) => {
    const aes = aesGcmWith(aead);
    return () => aes.sealPadded(key, iv, command, message, blockLength);
  }),
  operation("aes-gcm-open-16k", "aes256Gcm", (aead) => {
    const aes = aesGcmWith(aead);
    const sealed = aes.sealPadded(key, iv, command, message, blockLength);
    return () => aes.openPadded(key, iv, command, sealed);
  }),
  operation("x25519", "x25519", (implementation) => {
    const curve = x25519With(implementation);
    const { publicKey, privateKey } = curve.generateKeyPair(systemRandom);
    return () => curve.sharedSecret(privateKey, publicKey);
  }),
  operation("x25519-prepared", "x25519", (implementation) => {
    const curve = x25519With(implementation);
    const { publicKey, privateKey } = curve.generateKeyPair(systemRandom);
    const agree = curve.prepare(privateKey);
    return () => agree(publicKey);
  }),
  operation("x25519-generate", "x25519", (implementation) => {
    const curve = x25519With(implementation);
    return () => curve.generateKeyPair(systemRandom);
  }),
  operation("x448", "x448", (implementation) => {
    const curve = x448With(implementation);
    const { publicKey, privateKey } = curve.generateKeyPair(systemRandom);
    return () => curve.sharedSecret(privateKey, publicKey);
  }),
  operation("ed25519-sign", "ed25519", (implementation) => {
    const scheme = ed25519With(implementation);
    const { privateKey } = scheme.generateKeyPair(systemRandom);
    return () => scheme.sign(privateKey, command);
  }),
  operation("ed25519-verify", "ed25519", (implementation) => {
    const scheme = ed25519With(implementation);
    const { publicKey, privateKey } = scheme.generateKeyPair(systemRandom);
    const signature = scheme.sign(privateKey, command);
    return () => scheme.verify(publicKey, command, signature);
  }),
  operation("ed448-verify", "ed448", (implementation) => {
    const scheme = ed448With(implementation);
    const { publicKey, privateKey } = scheme.generateKeyPair(systemRandom);
    const signature = scheme.sign(privateKey, command);
    return () => scheme.verify(publicKey, command, signature);
  }),
  operation("hkdf-sha512-88", "hkdfSha512", (implementation) => {
    const hkdf = hkdfSha512With(implementation);
    return () => hkdf(empty, key, info, 88);
  }),
  operation("sha512-200", "sha512", (hash) => () => hash(command)),
];

/** What a relay and its clients do most, through each provider; the note is the gain over the slowest. */
export const bench: Bench = (report) => {
  for (const { name, runs } of operations) {
    const times = runs.map(({ provider, run }) => ({
      provider,
      value: medianMicroseconds(() => void run()),
    }));
    const slowest = Math.max(...times.map(({ value }) => value));
    for (const { provider, value } of times) {
      const figure: Figure = { name: `${name}/${provider}`, value, unit: "us" };
      report(
        value === slowest ? figure : { ...figure, note: `${(slowest / value).toFixed(1)} times as fast` },
      );
    }
  }
};
