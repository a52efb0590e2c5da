import type { Signing } from "./primitives.ts";
import { primitives } from "./provider.ts";
import { type SignatureScheme, signatureScheme } from "./signature-scheme.ts";

/** Ed448 over one implementation. */
export const ed448With = (implementation: Signing): SignatureScheme =>
  signatureScheme("Ed448", 57, 114, implementation);

/** Ed448 (RFC 8032): keys of 57 bytes, signatures of 114. */
export const ed448 = ed448With(primitives.ed448);
