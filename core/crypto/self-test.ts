import { hexEncode } from "../bytes/index.ts";
import type { Hash, KeyAgreement, Primitives, Signing } from "./primitives.ts";

const empty = new Uint8Array(0);

/** The bytes 1, 2, ... `length`. */
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i + 1);

const startsWith = (bytes: Uint8Array, hex: string): boolean => hexEncode(bytes.subarray(0, 8)) === hex;

const hash =
  (expected: string) =>
  (candidate: Hash): boolean =>
    startsWith(candidate(empty), expected);

const agreement =
  (keyLength: number, expected: string) =>
  (candidate: KeyAgreement): boolean => {
    const key = counting(keyLength);
    return startsWith(candidate.prepare(key)(candidate.publicKey(key)), expected);
  };

const signing =
  (keyLength: number, expected: string) =>
  (candidate: Signing): boolean => {
    const key = counting(keyLength);
    const signature = candidate.sign(key, empty);
    return startsWith(signature, expected) && candidate.verify(candidate.publicKey(key), empty, signature);
  };

/** One known answer a primitive: enough to tell whether this runtime has it; the vectors prove the rest. */
const tests: { readonly [Name in keyof Primitives]: (candidate: Primitives[Name]) => boolean } = {
  sha256: hash("e3b0c44298fc1c14"),
  sha512: hash("cf83e1357eefb8bd"),
  sha3_256: hash("a7ffc6f8bf1ed766"),
  sha3_384: hash("0c63a75b845e4f7d"),
  hkdfSha512: (candidate) => startsWith(candidate(empty, counting(32), empty, 8), "fb92cc725e4b75b6"),
  x25519: agreement(32, "e1da0d42bded3149"),
  x448: agreement(56, "a91dd79979c2e87e"),
  ed25519: signing(32, "d9452bd4cc80bcec"),
  ed448: signing(57, "691cef3833986e6a"),
  xsalsa20Poly1305(candidate) {
    const boxed = candidate.seal(counting(32), counting(24), 1, (plaintext) => plaintext.fill(0));
    const opened = candidate.open(counting(32), counting(24), boxed, (plaintext) => plaintext);
    return startsWith(boxed, "7586ab3465da9e6a") && opened?.length === 1;
  },
  aes256Gcm(candidate) {
    const { tag } = candidate.seal(counting(32), counting(16), empty, empty);
    return startsWith(tag, "633814d5f4a5ef46");
  },
};

/** Those of the candidates that give the known answer on this runtime; others are missing or broken here. */
export function workingPrimitives(candidates: Partial<Primitives>): Partial<Primitives> {
  const working: { -readonly [Name in keyof Primitives]?: Primitives[Name] } = {};
  function keepWorking<Name extends keyof Primitives>(name: Name, works: (it: Primitives[Name]) => boolean) {
    const candidate: Partial<Primitives>[Name] = candidates[name];
    if (candidate === undefined) return;
    try {
      if (works(candidate)) working[name] = candidate;
    } catch {
      // Not on this runtime: another provider has it.
    }
  }
  keepWorking("sha256", tests.sha256);
  keepWorking("sha512", tests.sha512);
  keepWorking("sha3_256", tests.sha3_256);
  keepWorking("sha3_384", tests.sha3_384);
  keepWorking("hkdfSha512", tests.hkdfSha512);
  keepWorking("x25519", tests.x25519);
  keepWorking("x448", tests.x448);
  keepWorking("ed25519", tests.ed25519);
  keepWorking("ed448", tests.ed448);
  keepWorking("xsalsa20Poly1305", tests.xsalsa20Poly1305);
  keepWorking("aes256Gcm", tests.aes256Gcm);
  return working;
}
