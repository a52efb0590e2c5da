import { describe, expect, test } from "vitest";
import { Writer } from "./writer.ts";

describe("Writer", () => {
  test("keeps every value when it has to grow in the middle", () => {
    const writer = new Writer(1);
    writer.byte(1);
    writer.byte(2);
    writer.word16(0x0304);
    writer.word32(0x05060708);
    writer.int64(0x090a0b0c0d0e0f10n);
    writer.bytes(Uint8Array.of(17, 18, 19, 20, 21));
    expect([...writer.written()]).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
  });
});
