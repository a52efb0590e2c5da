import { describe, expect, test } from "vitest";
import { hexDecode, hexEncode } from "../bytes/index.ts";
import { CryptoError } from "./errors.ts";
import { offersOf } from "./offers.ts";
import { systemRandom } from "./random.ts";
import { x25519With } from "./x25519.ts";

/** All points that give a secret of zeros (RFC 7748, "Security Considerations"), and encodings above the prime. */
const lowOrder = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

describe.each([...offersOf("x25519")])("X25519 of $provider", ({ implementation }) => {
  const x25519 = x25519With(implementation);

  test("gives the secret of the first iteration in RFC 7748", () => {
    const basePoint = hexDecode("09".padEnd(64, "0"));
    expect(hexEncode(x25519.sharedSecret(basePoint, basePoint))).toBe(
      "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
    );
  });

  test("both sides get the same secret, with or without preparing", () => {
    const alice = x25519.generateKeyPair(systemRandom);
    const bob = x25519.generateKeyPair(systemRandom);
    const secret = x25519.sharedSecret(alice.privateKey, bob.publicKey);
    expect(x25519.sharedSecret(bob.privateKey, alice.publicKey)).toEqual(secret);
    const prepared = x25519.prepare(bob.privateKey);
    expect(prepared(alice.publicKey)).toEqual(secret);
    expect(prepared(alice.publicKey)).toEqual(secret);
    expect(secret.constructor).toBe(Uint8Array);
    expect(x25519.publicKey(alice.privateKey)).toEqual(alice.publicKey);
  });

  test.each(lowOrder)("rejects the low-order point %s", (point) => {
    const { privateKey } = x25519.generateKeyPair(systemRandom);
    expect(() => x25519.sharedSecret(privateKey, hexDecode(point))).toThrow(
      new CryptoError("cannot agree with X25519: public key is of low order"),
    );
  });

  test.each([0, 31, 33, 56])("rejects keys of %i bytes", (length) => {
    const { privateKey, publicKey } = x25519.generateKeyPair(systemRandom);
    const wrong = new Uint8Array(length);
    expect(() => x25519.publicKey(wrong)).toThrow(CryptoError);
    expect(() => x25519.prepare(wrong)).toThrow(`private key is ${length} bytes, not 32`);
    expect(() => x25519.sharedSecret(privateKey, wrong)).toThrow(`public key is ${length} bytes, not 32`);
    expect(() => x25519.sharedSecret(wrong, publicKey)).toThrow(CryptoError);
  });

  test("ignores the top bit of a public key, as RFC 7748 wants", () => {
    const alice = x25519.generateKeyPair(systemRandom);
    const bob = x25519.generateKeyPair(systemRandom);
    const flipped = bob.publicKey.slice();
    flipped[31] = (flipped[31] ?? 0) ^ 0x80;
    expect(hexEncode(x25519.sharedSecret(alice.privateKey, flipped))).toBe(
      hexEncode(x25519.sharedSecret(alice.privateKey, bob.publicKey)),
    );
  });
});
