import type { SmpError } from "./error.ts";
import { isRetryable } from "./retryable.ts";

/** A relay answered with an error, or we have to. `error` is in the protocol's own form. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly error: SmpError;

  /** @param action what can't be done, for the message: `cannot <action>: relay error is AUTH` */
  constructor(action: string, error: SmpError) {
    super(`cannot ${action}: relay error is ${describeError(error)}`);
    this.error = error;
  }

  /** The protocol's code, such as `AUTH` or `CMD SYNTAX`, or `PROXY BROKER TIMEOUT`. */
  get code(): string {
    return describeError(this.error);
  }

  /** Whether the same can succeed later, or over another session, without anybody changing a setting. */
  get retryable(): boolean {
    return isRetryable(this.error);
  }
}

/** The names of an error from the outside in, without texts. */
function describeError(error: { readonly type: string; readonly error?: unknown }): string {
  const inner = error.error;
  if (typeof inner === "string") return `${error.type} ${inner}`;
  return isTyped(inner) ? `${error.type} ${describeError(inner)}` : error.type;
}

function isTyped(value: unknown): value is { readonly type: string; readonly error?: unknown } {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
