import type { PrivateKey, SigningAlgorithm } from "../../core/crypto/keys.ts";

/** Who a relay is: what it shows to every client, and signs session keys with. */
export interface RelayIdentity {
  /** DER certificates: the online certificate first, then the identity certificate that signed it. */
  readonly certificateChain: readonly Uint8Array[];
  /** Of the online certificate. */
  readonly privateKey: PrivateKey<SigningAlgorithm>;
  /** SHA-256 of the identity certificate, 32 bytes: the relay's name in its address. */
  readonly keyHash: Uint8Array;
}
