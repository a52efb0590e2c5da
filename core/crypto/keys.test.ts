import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, DecodeError, hexDecode } from "../bytes/index.ts";
import { CryptoError } from "./errors.ts";
import {
  type Algorithm,
  decodePrivateKey,
  decodePublicKey,
  encodePrivateKey,
  encodePublicKey,
  generateKeyPair,
  publicKeyOf,
} from "./keys.ts";
import { systemRandom } from "./random.ts";

const lengths: readonly (readonly [Algorithm, number, number])[] = [
  ["X25519", 44, 48],
  ["X448", 68, 72],
  ["Ed25519", 44, 48],
  ["Ed448", 69, 73],
];

describe.each(lengths)("%s keys", (algorithm, publicLength, privateLength) => {
  const { publicKey, privateKey } = generateKeyPair(algorithm, systemRandom);
  const publicDer = encodePublicKey(publicKey);
  const privateDer = encodePrivateKey(privateKey);

  test("come back from DER", () => {
    expect([publicDer.length, privateDer.length]).toEqual([publicLength, privateLength]);
    expect(decodePublicKey(publicDer)).toEqual(publicKey);
    expect(decodePublicKey(publicDer, algorithm)).toEqual(publicKey);
    expect(decodePrivateKey(privateDer, "X448", "Ed448", "X25519", "Ed25519")).toEqual(privateKey);
    expect(publicKeyOf(privateKey)).toEqual(publicKey);
  });

  test("are rejected where another algorithm is due", () => {
    const other = algorithm === "X25519" ? "X448" : "X25519";
    expect(() => decodePublicKey(publicDer, other)).toThrow(`public key is for ${algorithm}, not ${other}`);
    expect(() => decodePrivateKey(privateDer, other)).toThrow(DecodeError);
    expect(() => decodePrivateKey(publicDer)).toThrow(DecodeError);
  });

  test("are rejected when cut, extended, or changed in front of the key", () => {
    fc.assert(
      fc.property(fc.nat(publicLength - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        expect(() => decodePublicKey(publicDer.subarray(0, index))).toThrow(DecodeError);
        expect(() => decodePublicKey(concat(publicDer, Uint8Array.of(change)))).toThrow(DecodeError);
        const changed = publicDer.slice();
        const inPrefix = index % (publicDer.length - publicKey.key.length);
        changed[inPrefix] = (changed[inPrefix] ?? 0) ^ change;
        expect(() => decodePublicKey(changed, algorithm)).toThrow(DecodeError);
      }),
    );
  });

  test("of a wrong length are not encoded", () => {
    const key = new Uint8Array(31);
    expect(() => encodePublicKey({ algorithm, key })).toThrow(CryptoError);
    expect(() => encodePrivateKey({ algorithm, key })).toThrow(`${algorithm} key is 31 bytes`);
  });
});

test("an RSA key is not one of ours", () => {
  expect(() => decodePublicKey(hexDecode("300d06092a864886f70d0101010500"))).toThrow(
    "public key is not DER of a known algorithm",
  );
});

test("random bytes give nothing but a DecodeError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(() => decodePublicKey(bytes)).toThrow(DecodeError);
      expect(() => decodePrivateKey(bytes)).toThrow(DecodeError);
    }),
  );
});
