import { type Codec, largeBytes, nonEmptyList, struct } from "../bytes/index.ts";

/** A session key, signed with the leaf of a certificate chain; neither is verified yet. */
export interface SignedKey {
  /** DER certificates, the leaf first. */
  readonly certificateChain: readonly Uint8Array[];
  /** DER of an X.509-signed SubjectPublicKeyInfo. */
  readonly signedKey: Uint8Array;
}

export const signedKey: Codec<SignedKey> = struct<SignedKey>({
  certificateChain: nonEmptyList(largeBytes),
  signedKey: largeBytes,
});
