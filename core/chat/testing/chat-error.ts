import { expect } from "vitest";
import type { ChatErrorCode } from "../api.ts";

/** Matches an error of the chat by its code. */
export function code(expected: ChatErrorCode): unknown {
  return expect.objectContaining({ name: "ChatError", code: expected });
}
