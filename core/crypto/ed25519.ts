import type { Signing } from "./primitives.ts";
import { primitives } from "./provider.ts";
import { type SignatureScheme, signatureScheme } from "./signature-scheme.ts";

/** Ed25519 over one implementation. */
export const ed25519With = (implementation: Signing): SignatureScheme =>
  signatureScheme("Ed25519", 32, 64, implementation);

/** Ed25519 (RFC 8032): keys of 32 bytes, signatures of 64. */
export const ed25519 = ed25519With(primitives.ed25519);
