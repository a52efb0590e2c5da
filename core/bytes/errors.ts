/**
 * Bytes or text from outside don't have the form they should.
 * `path` names the field (`queue.sndKey`), `offset` the byte or character where decoding stopped.
 * The message never holds the bytes themselves: they may be secret.
 */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly reason: string;
  readonly offset: number;
  path: string;

  constructor(reason: string, offset = 0, path = "") {
    super();
    this.reason = reason;
    this.offset = offset;
    this.path = path;
    this.message = this.#describe();
  }

  /** Puts the name of the enclosing field in front of the path; returns the same error, to be thrown on. */
  within(field: string): this {
    this.path = this.path === "" ? field : `${field}.${this.path}`;
    this.message = this.#describe();
    return this;
  }

  #describe(): string {
    return `cannot decode ${this.path === "" ? "input" : this.path} at ${this.offset}: ${this.reason}`;
  }
}

/** The result of `read`, or undefined for a DecodeError. */
export function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** A value of ours is out of the range its encoding can hold; nothing is ever truncated silently. */
export class EncodeError extends RangeError {
  override readonly name = "EncodeError";

  constructor(what: string, reason: string) {
    super(`cannot encode ${what}: ${reason}`);
  }
}
