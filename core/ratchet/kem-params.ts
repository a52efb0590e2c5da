import { type Codec, union } from "../bytes/index.ts";
import { SNTRUP761_CIPHERTEXT_BYTES, SNTRUP761_PUBLIC_KEY_BYTES } from "../crypto/sntrup761.ts";
import { largeBytesOf } from "./wire.ts";

/** One side proposes a KEM with a key for the other to encapsulate to. */
export interface ProposedKem {
  readonly type: "proposed";
  /** 1158 bytes. */
  readonly publicKey: Uint8Array;
}

/** One side accepts: it encapsulated to the other's key, and sends its own key for the next step. */
export interface AcceptedKem {
  readonly type: "accepted";
  /** 1039 bytes. */
  readonly ciphertext: Uint8Array;
  /** 1158 bytes. */
  readonly publicKey: Uint8Array;
}

/** What a message header, or the parameters that start a ratchet, say about the post-quantum KEM. */
export type KemParams = ProposedKem | AcceptedKem;

export const kemPublicKey = largeBytesOf(SNTRUP761_PUBLIC_KEY_BYTES);
export const kemCiphertext = largeBytesOf(SNTRUP761_CIPHERTEXT_BYTES);

/** `P` and a key, or `A`, a ciphertext and a key. */
export const kemParams: Codec<KemParams> = union<KemParams>({
  proposed: { tag: "P", fields: { publicKey: kemPublicKey } },
  accepted: { tag: "A", fields: { ciphertext: kemCiphertext, publicKey: kemPublicKey } },
});
