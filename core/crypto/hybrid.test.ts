import { expect, test } from "vitest";
import { concat } from "../bytes/index.ts";
import { CryptoError } from "./errors.ts";
import { sha3_256 } from "./hash.ts";
import { hybridSecret } from "./hybrid.ts";
import { systemRandom } from "./random.ts";

test("the hybrid secret is the SHA3-256 of both secrets, in order", () => {
  const [dh, kem] = [systemRandom(32), systemRandom(32)];
  expect(hybridSecret(dh, kem)).toEqual(sha3_256(concat(dh, kem)));
  expect(hybridSecret(kem, dh)).not.toEqual(hybridSecret(dh, kem));
});

test("secrets of another length are errors, so bytes can't move from one to the other", () => {
  expect(() => hybridSecret(systemRandom(31), systemRandom(33))).toThrow(CryptoError);
  expect(() => hybridSecret(systemRandom(32), systemRandom(31))).toThrow("KEM secret is 31 bytes, not 32");
});
