import { type DiffieHellman, diffieHellman } from "./diffie-hellman.ts";
import type { KeyAgreement } from "./primitives.ts";
import { primitives } from "./provider.ts";

/** X448 over one implementation. */
export const x448With = (implementation: KeyAgreement): DiffieHellman =>
  diffieHellman("X448", 56, implementation);

/** X448 (RFC 7748): keys and secrets of 56 bytes. */
export const x448 = x448With(primitives.x448);
