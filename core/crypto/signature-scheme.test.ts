import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexDecode, hexEncode } from "../bytes/index.ts";
import { ed448With } from "./ed448.ts";
import { ed25519With } from "./ed25519.ts";
import { CryptoError } from "./errors.ts";
import { offersOf } from "./offers.ts";
import { systemRandom } from "./random.ts";

const schemes = [
  ...offersOf("ed25519").map(({ provider, implementation }) => ({
    name: `Ed25519 of ${provider}`,
    scheme: ed25519With(implementation),
    // RFC 8032, "TEST 1": the empty message.
    privateKey: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    order: "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
    half: 32,
  })),
  ...offersOf("ed448").map(({ provider, implementation }) => ({
    name: `Ed448 of ${provider}`,
    scheme: ed448With(implementation),
    // RFC 8032, "Blank": the empty message.
    privateKey:
      "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
    publicKey:
      "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
    signature:
      "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600",
    order:
      "f34458ab92c27823558fc58d72c26c219036d6ae49db4ec4e923ca7cffffffffffffffffffffffffffffffffffffffffffffffffffffff3f00",
    half: 57,
  })),
];

const empty = new Uint8Array(0);

/** The signature with the group order added to its second half: the same equation, another encoding. */
function addOrder(signature: Uint8Array, order: Uint8Array, half: number): Uint8Array {
  const other = signature.slice();
  let carry = 0;
  for (let i = 0; i < half; i++) {
    carry += (other[half + i] ?? 0) + (order[i] ?? 0);
    other[half + i] = carry;
    carry >>= 8;
  }
  return other;
}

describe.each(schemes)("$name", ({ scheme, half, ...vector }) => {
  const [privateKey, publicKey] = [hexDecode(vector.privateKey), hexDecode(vector.publicKey)];

  test("gives the key and signature of RFC 8032", () => {
    expect(hexEncode(scheme.publicKey(privateKey))).toBe(vector.publicKey);
    expect(hexEncode(scheme.sign(privateKey, empty))).toBe(vector.signature);
    expect(scheme.verify(publicKey, empty, hexDecode(vector.signature))).toBe(true);
  });

  test("verifies what it signs, and gives plain bytes of the stated lengths", () => {
    const pair = scheme.generateKeyPair(systemRandom);
    const message = systemRandom(100);
    const signature = scheme.sign(pair.privateKey, message);
    expect(scheme.verify(pair.publicKey, message, signature)).toBe(true);
    expect([pair.publicKey.length, pair.privateKey.length, signature.length]).toEqual([
      scheme.keyLength,
      scheme.keyLength,
      scheme.signatureLength,
    ]);
    expect([pair.publicKey.constructor, signature.constructor]).toEqual([Uint8Array, Uint8Array]);
  });

  test("does not verify with any bit of signature, message or key changed", () => {
    const message = Uint8Array.of(1, 2, 3);
    const signature = scheme.sign(privateKey, message);
    const flip = (bytes: Uint8Array, position: number, bit: number): Uint8Array => {
      const other = bytes.slice();
      const index = position % other.length;
      other[index] = (other[index] ?? 0) ^ (1 << bit);
      return other;
    };
    fc.assert(
      fc.property(fc.nat(), fc.nat(7), (position, bit) => {
        expect(scheme.verify(publicKey, message, flip(signature, position, bit))).toBe(false);
        expect(scheme.verify(publicKey, flip(message, position, bit), signature)).toBe(false);
        expect(scheme.verify(flip(publicKey, position, bit), message, signature)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  test("does not verify a second encoding of a signature", () => {
    const other = addOrder(hexDecode(vector.signature), hexDecode(vector.order), half);
    expect(scheme.verify(publicKey, empty, other)).toBe(false);
  });

  test("is false, not an error, for signatures of another length and keys that are no point", () => {
    expect(scheme.verify(publicKey, empty, empty)).toBe(false);
    expect(scheme.verify(publicKey, empty, new Uint8Array(scheme.signatureLength + 1))).toBe(false);
    const noPoint = new Uint8Array(scheme.keyLength).fill(0xff);
    expect(scheme.verify(noPoint, empty, hexDecode(vector.signature))).toBe(false);
  });

  test.each([0, 31, 33, 56, 58])("rejects keys of %i bytes", (length) => {
    const wrong = new Uint8Array(length);
    expect(() => scheme.publicKey(wrong)).toThrow(CryptoError);
    expect(() => scheme.sign(wrong, empty)).toThrow(`private key is ${length} bytes`);
    expect(() => scheme.verify(wrong, empty, new Uint8Array(scheme.signatureLength))).toThrow(CryptoError);
  });
});
