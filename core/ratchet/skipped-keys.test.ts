import { describe, expect, test } from "vitest";
import {
  applySkippedKeyChanges,
  expiredSkippedKeys,
  noSkippedKeys,
  type SkippedKey,
  skippedKeyLifetimeSeconds,
  skippedKeysMax,
  skippedKeysOf,
} from "./skipped-keys.ts";

function key(chain: number, number: number): SkippedKey {
  const messageKey = { key: new Uint8Array(32).fill(number), iv: new Uint8Array(16) };
  return { headerKey: new Uint8Array(32).fill(chain), number, messageKey };
}

describe("skipped keys in a list", () => {
  const keys = [key(1, 0), key(1, 2), key(2, 0)];

  test("are found by header key and number", () => {
    const skipped = skippedKeysOf(keys);
    expect(skipped.find(key(1, 2).headerKey, 2)).toBe(keys[1]);
    expect(skipped.find(key(1, 1).headerKey, 1)).toBeUndefined();
    expect(skipped.find(key(3, 0).headerKey, 0)).toBeUndefined();
  });

  test("have each header key once", () => {
    expect([...skippedKeysOf(keys).headerKeys()]).toEqual([key(1, 0).headerKey, key(2, 0).headerKey]);
    expect([...noSkippedKeys.headerKeys()]).toEqual([]);
  });

  test("change as decrypting says", () => {
    const [first, second] = keys;
    expect(applySkippedKeyChanges(keys, { added: [], removed: undefined })).toBe(keys);
    expect(applySkippedKeyChanges([], { added: keys, removed: undefined })).toEqual(keys);
    expect(applySkippedKeyChanges(keys, { added: [], removed: key(2, 0) })).toEqual([first, second]);
  });
});

describe("expiredSkippedKeys", () => {
  const now = 1_800_000_000;

  test("are those past their lifetime", () => {
    const fresh = { storedAt: now - skippedKeyLifetimeSeconds };
    const old = { storedAt: now - skippedKeyLifetimeSeconds - 1 };
    expect(expiredSkippedKeys([fresh, old], now)).toEqual([old]);
  });

  test("are the oldest of too many", () => {
    const keys = Array.from({ length: skippedKeysMax + 2 }, (_, i) => ({ storedAt: now - i }));
    expect(expiredSkippedKeys(keys.toReversed(), now)).toEqual(keys.slice(-2).toReversed());
  });

  test.each([
    ["in one second", 0],
    ["while the clock was set back", -1],
  ])("are the first of too many that were stored %s", (_, change) => {
    const keys = Array.from({ length: skippedKeysMax + 2 }, (_, i) => ({ i, storedAt: now + i * change }));
    expect(expiredSkippedKeys(keys, now)).toEqual(keys.slice(0, 2));
  });
});
