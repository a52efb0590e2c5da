import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexEncode } from "../bytes/index.ts";
import { sha3_256, sha3_384, sha256, sha512 } from "./hash.ts";
import { offersOf } from "./offers.ts";

const abc = new TextEncoder().encode("abc");

test.each([
  ["SHA-256", sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "SHA-512",
    sha512,
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  ],
  ["SHA3-256", sha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"],
  [
    "SHA3-384",
    sha3_384,
    "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25",
  ],
])("%s of abc is what FIPS 180 and 202 say", (_name, hash, digest) => {
  expect(hexEncode(hash(abc))).toBe(digest);
});

describe.each(["sha256", "sha512", "sha3_256", "sha3_384"] as const)("%s", (name) => {
  test("is the same with every provider, for views too, and a plain Uint8Array", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, skip) => {
        const view = bytes.subarray(skip);
        const digests = offersOf(name).map(({ implementation }) => implementation(view));
        for (const digest of digests) {
          expect(digest).toEqual(digests[0]);
          expect(digest.constructor).toBe(Uint8Array);
        }
      }),
    );
  });
});
