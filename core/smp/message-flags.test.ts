import { describe, expect, test } from "vitest";
import { decode, Reader, utf8Encode } from "../bytes/index.ts";
import { messageFlags } from "./message-flags.ts";

describe("messageFlags", () => {
  test("passes over flags that it does not know, up to the space", () => {
    const reader = new Reader(utf8Encode("TFFT body"));
    expect(messageFlags.decode(reader)).toEqual({ notification: true });
    expect(reader.remaining).toBe(" body".length);
  });

  test.each(["", " ", "X", "t"])("refuses %o", (text) => {
    expect(() => decode(messageFlags, utf8Encode(text))).toThrow("cannot decode");
  });
});
