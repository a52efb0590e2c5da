import { describe, expect, test } from "vitest";
import { DecodeError } from "../bytes/index.ts";
import { generateKeyPair } from "./keys.ts";
import { systemRandom } from "./random.ts";
import { sign, signatureAlgorithm, verify } from "./signature.ts";

describe.each(["Ed25519", "Ed448"] as const)("with an %s key", (algorithm) => {
  const { publicKey, privateKey } = generateKeyPair(algorithm, systemRandom);
  const message = systemRandom(10);
  const signature = sign(privateKey, message);

  test("what is signed is verified", () => {
    expect(verify(publicKey, message, signature)).toBe(true);
    expect(verify(publicKey, systemRandom(10), signature)).toBe(false);
  });

  test("the algorithm shows in the signature's length", () => {
    expect(signatureAlgorithm(signature)).toBe(algorithm);
  });

  test("a signature of the other algorithm is not verified", () => {
    const other = generateKeyPair(algorithm === "Ed448" ? "Ed25519" : "Ed448", systemRandom);
    expect(verify(publicKey, message, sign(other.privateKey, message))).toBe(false);
  });
});

test.each([0, 63, 65, 80, 113, 115])("%i bytes are no signature", (length) => {
  expect(() => signatureAlgorithm(new Uint8Array(length))).toThrow(DecodeError);
});
