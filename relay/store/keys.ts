import { concat, equalBytes } from "../../core/bytes/index.ts";
import { decodePublicKey, encodePublicKey } from "../../core/crypto/keys.ts";
import type { AuthKey } from "../../core/smp/keys.ts";

/** Whether two public keys are the same. */
export function sameKey(a: AuthKey, b: AuthKey): boolean {
  return a.algorithm === b.algorithm && equalBytes(a.key, b.key);
}

/** A key as DER SubjectPublicKeyInfo. */
export function keyToBytes(key: AuthKey): Uint8Array {
  return encodePublicKey(key);
}

/** @throws DecodeError when `bytes` are not a key that can authorise */
export function keyFromBytes(bytes: Uint8Array): AuthKey {
  return decodePublicKey(bytes, "Ed25519", "Ed448", "X25519");
}

/** Keys one after another, each with its length in 1 byte in front. */
export function keysToBytes(keys: readonly AuthKey[]): Uint8Array {
  return concat(
    ...keys.flatMap((key) => {
      const der = encodePublicKey(key);
      return [Uint8Array.of(der.length), der];
    }),
  );
}

/** @throws DecodeError when `bytes` are not what `keysToBytes` made */
export function keysFromBytes(bytes: Uint8Array): readonly AuthKey[] {
  const keys: AuthKey[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = start + 1 + (bytes[start] ?? 0);
    keys.push(keyFromBytes(bytes.subarray(start + 1, end)));
    start = end;
  }
  return keys;
}
