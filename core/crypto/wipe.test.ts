import { expect, test } from "vitest";
import { wipe } from "./wipe.ts";

test("leaves zeros in every array, and what is beside a view alone", () => {
  const first = Uint8Array.of(1, 2, 3);
  const memory = Uint8Array.of(4, 5, 6, 7);
  wipe(first, memory.subarray(1, 3));
  expect([...first]).toEqual([0, 0, 0]);
  expect([...memory]).toEqual([4, 0, 0, 7]);
});
