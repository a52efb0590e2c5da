import { describe, expect, test } from "vitest";
import { hexDecode, hexEncode } from "../bytes/index.ts";
import { CryptoError } from "./errors.ts";
import { offersOf } from "./offers.ts";
import { systemRandom } from "./random.ts";
import { x448With } from "./x448.ts";

/** The points that give a secret of zeros: 0, 1, -1, and the encodings p and p + 1 of the first two. */
const lowOrder = [
  "00".repeat(56),
  `01${"00".repeat(55)}`,
  `fe${"ff".repeat(27)}fe${"ff".repeat(27)}`,
  `${"ff".repeat(28)}fe${"ff".repeat(27)}`,
  `${"00".repeat(28)}${"ff".repeat(28)}`,
];

describe.each([...offersOf("x448")])("X448 of $provider", ({ implementation }) => {
  const x448 = x448With(implementation);

  test("gives the secret of the first iteration in RFC 7748", () => {
    const basePoint = hexDecode("05".padEnd(112, "0"));
    expect(hexEncode(x448.sharedSecret(basePoint, basePoint))).toBe(
      "3f482c8a9f19b01e6c46ee9711d9dc14fd4bf67af30765c2ae2b846a4d23a8cd0db897086239492caf350b51f833868b9bc2b3bca9cf4113",
    );
  });

  test("both sides get the same secret, with or without preparing", () => {
    const alice = x448.generateKeyPair(systemRandom);
    const bob = x448.generateKeyPair(systemRandom);
    const secret = x448.sharedSecret(alice.privateKey, bob.publicKey);
    expect(x448.sharedSecret(bob.privateKey, alice.publicKey)).toEqual(secret);
    const prepared = x448.prepare(bob.privateKey);
    expect(prepared(alice.publicKey)).toEqual(secret);
    expect(prepared(alice.publicKey)).toEqual(secret);
    expect(secret.constructor).toBe(Uint8Array);
    expect(x448.publicKey(alice.privateKey)).toEqual(alice.publicKey);
  });

  test.each(lowOrder)("rejects the low-order point %s", (point) => {
    const { privateKey } = x448.generateKeyPair(systemRandom);
    expect(() => x448.sharedSecret(privateKey, hexDecode(point))).toThrow(
      new CryptoError("cannot agree with X448: public key is of low order"),
    );
  });

  test.each([0, 32, 55, 57])("rejects keys of %i bytes", (length) => {
    const { privateKey, publicKey } = x448.generateKeyPair(systemRandom);
    const wrong = new Uint8Array(length);
    expect(() => x448.publicKey(wrong)).toThrow(CryptoError);
    expect(() => x448.prepare(wrong)).toThrow(`private key is ${length} bytes, not 56`);
    expect(() => x448.sharedSecret(privateKey, wrong)).toThrow(`public key is ${length} bytes, not 56`);
    expect(() => x448.sharedSecret(wrong, publicKey)).toThrow(CryptoError);
  });
});
