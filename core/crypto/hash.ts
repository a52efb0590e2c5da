import { primitives } from "./provider.ts";

/** SHA-256 of all `data`: 32 bytes. */
export const sha256 = primitives.sha256;

/** SHA-512 of all `data`: 64 bytes. */
export const sha512 = primitives.sha512;

/** SHA3-256 of all `data`: 32 bytes. */
export const sha3_256 = primitives.sha3_256;

/** SHA3-384 of all `data`: 48 bytes. */
export const sha3_384 = primitives.sha3_384;
