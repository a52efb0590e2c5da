import type { SecureContextOptions } from "node:tls";

/** What ALPN calls SMP. Without it a relay speaks version 6 only. */
export const smpAlpn = "smp/1";

/**
 * The TLS of the network: version 1.3, one cipher suite, groups X448 and X25519, Ed448 and Ed25519 certificates.
 * Specification: "TLS transport encryption".
 */
export const strictTls = {
  minVersion: "TLSv1.3",
  maxVersion: "TLSv1.3",
  ciphers: "TLS_CHACHA20_POLY1305_SHA256",
  ecdhCurve: "X448:X25519",
  sigalgs: "ed448:ed25519",
} as const satisfies SecureContextOptions;
