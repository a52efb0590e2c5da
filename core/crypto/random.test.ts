import { expect, test } from "vitest";
import { systemRandom } from "./random.ts";

test.each([0, 1, 32, 65_536, 200_001])("gives %i bytes, to the last of them random", (length) => {
  const bytes = systemRandom(length);
  expect(bytes.length).toBe(length);
  if (length >= 32) expect(bytes.subarray(-32).some((byte) => byte !== 0)).toBe(true);
});

test("gives others each time", () => {
  expect(systemRandom(32)).not.toEqual(systemRandom(32));
});
