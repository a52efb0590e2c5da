import { expect, test } from "vitest";
import { noble } from "./noble/provider.ts";
import type { KeyAgreement, Signing } from "./primitives.ts";
import { workingPrimitives } from "./self-test.ts";

const { primitives } = noble;

test("working primitives stay, all of them", () => {
  expect(workingPrimitives(primitives)).toEqual(primitives);
});

test("missing ones stay missing", () => {
  expect(workingPrimitives({})).toEqual({});
});

test("those that throw, or give another answer, are left out, and only those", () => {
  const throwing: KeyAgreement = {
    publicKey: primitives.x448.publicKey,
    prepare: () => {
      throw new Error("Unsupported algorithm");
    },
  };
  const neverVerifies: Signing = { ...primitives.ed25519, verify: () => false };
  const working = workingPrimitives({
    ...primitives,
    x448: throwing,
    sha512: primitives.sha256,
    ed25519: neverVerifies,
    aes256Gcm: {
      ...primitives.aes256Gcm,
      seal: () => ({ tag: new Uint8Array(16), ciphertext: new Uint8Array(0) }),
    },
    xsalsa20Poly1305: { ...primitives.xsalsa20Poly1305, open: () => undefined },
  });
  expect(Object.keys(working).sort()).toEqual(
    ["ed448", "hkdfSha512", "sha256", "sha3_256", "sha3_384", "x25519"].sort(),
  );
});
