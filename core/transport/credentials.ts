import type { PrivateKey, SigningAlgorithm } from "../crypto/keys.ts";

/** What proves who one end of a connection is: of a relay, or of a service that is its client. */
export interface Credentials {
  /** DER certificates, leaf first. */
  readonly certificateChain: readonly Uint8Array[];
  /** Of the leaf. */
  readonly privateKey: PrivateKey<SigningAlgorithm>;
}
