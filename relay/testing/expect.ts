import { deepStrictEqual, strictEqual } from "node:assert";

/** The few expectations that cases need which run on every runtime, with a test runner or without. */
export function expectThat(actual: unknown) {
  return {
    toBe: (expected: unknown) => strictEqual(actual, expected),
    toEqual: (expected: unknown) => deepStrictEqual(actual, expected),
    toBeUndefined: () => strictEqual(actual, undefined),
  };
}
