import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testCodec } from "../testing/codec-table.ts";
import { encode } from "./codec.ts";
import { shortText, word8 } from "./primitives.ts";
import { choice, union } from "./union.ts";

type Shape =
  | { readonly type: "circle"; readonly radius: number }
  | { readonly type: "label"; readonly text: string; readonly size: number }
  | { readonly type: "none" };

const shape = union<Shape>({
  circle: { tag: "C", fields: { radius: word8 } },
  label: { tag: "LA", fields: { text: shortText, size: word8 } },
  none: { tag: "N", fields: {} },
});

describe("unions", () => {
  testCodec<Shape>("union", shape, {
    correct: [
      [{ type: "circle", radius: 5 }, "4305"],
      [{ type: "label", text: "a", size: 2 }, "4c41016102"],
      [{ type: "none" }, "4e"],
    ],
    badValues: [{ type: "circle", radius: 256 }],
    badBytes: ["", "4c", "58", "43", "4e00"],
    any: fc.oneof(
      fc.record({ type: fc.constant("circle" as const), radius: fc.integer({ min: 0, max: 255 }) }),
      fc.record({ type: fc.constant("none" as const) }),
    ),
  });
  testCodec("choice", choice({ up: "U", down: "DN" }), {
    correct: [
      ["up", "55"],
      ["down", "444e"],
    ],
    badBytes: ["", "44", "5555", "58"],
  });

  test("a type that is not one of its own can't be encoded", () => {
    const wide = choice<string>({ up: "U" });
    expect(() => encode(wide, "left")).toThrow("left is not one of its values");
  });
});
