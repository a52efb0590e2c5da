import { type DiffieHellman, diffieHellman } from "./diffie-hellman.ts";
import type { KeyAgreement } from "./primitives.ts";
import { primitives } from "./provider.ts";

/** X25519 over one implementation. */
export const x25519With = (implementation: KeyAgreement): DiffieHellman =>
  diffieHellman("X25519", 32, implementation);

/** X25519 (RFC 7748): keys and secrets of 32 bytes. */
export const x25519 = x25519With(primitives.x25519);
