/** A relay answered, but not what the protocol lets it answer to the command. */
export class UnexpectedResponseError extends Error {
  override readonly name = "UnexpectedResponseError";
  /** The relay breaks the protocol: it would do so again. */
  readonly retryable = false;

  /** @param response the name of the message that came */
  constructor(response: string) {
    super(`cannot use the relay's answer: response is ${response}`);
  }
}
