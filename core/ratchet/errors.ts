/**
 * Why the ratchet refuses something, named as the agent protocol names it in its errors where it does.
 * About a received message:
 * - `A_MESSAGE`: it is not an encrypted message at all (cut off, unknown version)
 * - `RATCHET_HEADER`: no header key opens its header: it is damaged, or from before the keys we still have
 * - `A_DUPLICATE`: the last message received from this sender, once more
 * - `RATCHET_EARLIER`: an earlier message: received already, or skipped so long ago that its key has expired
 * - `RATCHET_SKIPPED`: more messages are missing before it than may be skipped
 * - `DECRYPT_AES`: the header is genuine, but the body is damaged
 *
 * About the parameters of the peer:
 * - `A_VERSION`: they are for a ratchet version that we don't speak
 * - `RATCHET_KEM`: the keys of the two sides don't fit together: one accepts a KEM that the other never proposed
 *
 * About ourselves:
 * - `RATCHET_STATE`: the receiving side can't send before it has received
 */
export type RatchetErrorCode =
  | "A_MESSAGE"
  | "RATCHET_HEADER"
  | "A_DUPLICATE"
  | "RATCHET_EARLIER"
  | "RATCHET_SKIPPED"
  | "DECRYPT_AES"
  | "A_VERSION"
  | "RATCHET_KEM"
  | "RATCHET_STATE";

/** The ratchet can't use a message or a key of the peer; the state that was given is still good. */
export class RatchetError extends Error {
  override readonly name = "RatchetError";
  readonly code: RatchetErrorCode;
  /** `RATCHET_EARLIER`: how many messages back; `RATCHET_SKIPPED`: how many are missing; otherwise undefined. */
  readonly count: number | undefined;

  constructor(code: RatchetErrorCode, message: string, options?: ErrorOptions & { readonly count?: number }) {
    super(message, options);
    this.code = code;
    this.count = options?.count;
  }
}
