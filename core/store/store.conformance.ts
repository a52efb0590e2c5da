import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import { StoreError } from "./errors.ts";
import type { Store } from "./store.ts";

const bytes = utf8Encode;

function keysOf(rows: readonly { readonly key: Uint8Array }[]): string[] {
  return rows.map(({ key }) => String.fromCharCode(...key));
}

/** What every store has to do; each backend's test calls this. */
export function describeStore(name: string, create: () => Store): void {
  describe(`${name} as a store`, () => {
    test("gives back what was put, until it is deleted", () => {
      const store = create();
      store.transaction((tx) => tx.put("a", bytes("k"), bytes("v")));
      expect(store.transaction((tx) => tx.get("a", bytes("k")))).toEqual(bytes("v"));
      store.transaction((tx) => tx.put("a", bytes("k"), bytes("w")));
      expect(store.transaction((tx) => tx.get("a", bytes("k")))).toEqual(bytes("w"));
      store.transaction((tx) => tx.delete("a", bytes("k")));
      expect(store.transaction((tx) => tx.get("a", bytes("k")))).toBeUndefined();
    });

    test("keeps tables apart, and empty keys and values", () => {
      const store = create();
      store.transaction((tx) => {
        tx.put("a", bytes(""), bytes("1"));
        tx.put("b", bytes(""), bytes(""));
      });
      store.transaction((tx) => {
        expect(tx.get("a", bytes(""))).toEqual(bytes("1"));
        expect(tx.get("b", bytes(""))).toEqual(bytes(""));
        expect(tx.get("c", bytes(""))).toBeUndefined();
      });
    });

    test("keeps nothing of a transaction that throws, not even its tables and texts", () => {
      const store = create();
      store.transaction((tx) => {
        tx.put("a", bytes("k"), bytes("before"));
        tx.index("words", 1, "before");
      });
      expect(() =>
        store.transaction((tx) => {
          tx.put("a", bytes("k"), bytes("after"));
          tx.put("a", bytes("l"), bytes("new"));
          tx.put("fresh", bytes("k"), bytes("new"));
          tx.index("words", 1, "after");
          tx.index("fresh", 2, "after");
          throw new Error("stop");
        }),
      ).toThrow("stop");
      store.transaction((tx) => {
        expect(tx.get("a", bytes("k"))).toEqual(bytes("before"));
        expect(tx.get("a", bytes("l"))).toBeUndefined();
        expect(tx.get("fresh", bytes("k"))).toBeUndefined();
        expect(tx.search("words", "before", 9)).toEqual([1]);
        expect(tx.search("words", "after", 9)).toEqual([]);
        expect(tx.search("fresh", "after", 9)).toEqual([]);
      });
    });

    test("refuses a transaction inside another, and one that has ended", () => {
      const store = create();
      expect(() => store.transaction(() => store.transaction(() => undefined))).toThrow(StoreError);
      const ended = store.transaction((tx) => tx);
      expect(() => ended.get("a", bytes("k"))).toThrow(StoreError);
      store.transaction(() => {
        expect(() => ended.get("a", bytes("k"))).toThrow(StoreError);
      });
    });

    test("refuses every call after it is closed", () => {
      const store = create();
      store.close();
      store.close();
      expect(() => store.transaction(() => undefined)).toThrow(/closed/);
    });

    test("refuses names that are not of letters, digits and underscores", () => {
      const store = create();
      for (const name of ["", "A", "1a", "a-b", 'a"', "a b", "a".repeat(65)]) {
        expect(() => store.transaction((tx) => tx.get(name, bytes("k")))).toThrow(RangeError);
        expect(() => store.transaction((tx) => tx.search(name, "k", 1))).toThrow(RangeError);
      }
    });

    test("reads ranges by prefix, position, direction and limit", () => {
      const store = create();
      store.transaction((tx) => {
        for (const key of ["b2", "a", "b", "c", "b1", "b\u{ff}"])
          tx.put(
            "t",
            Uint8Array.from(key, (c) => c.charCodeAt(0)),
            bytes(key),
          );
      });
      store.transaction((tx) => {
        const keys = (range: Parameters<typeof tx.range>[1]): string[] => keysOf(tx.range("t", range));
        expect(keys({})).toEqual(["a", "b", "b1", "b2", "b\u{ff}", "c"]);
        expect(keys({ reverse: true, limit: 2 })).toEqual(["c", "b\u{ff}"]);
        expect(keys({ prefix: bytes("b") })).toEqual(["b", "b1", "b2", "b\u{ff}"]);
        expect(keys({ prefix: bytes("b"), after: bytes("b1") })).toEqual(["b2", "b\u{ff}"]);
        expect(keys({ prefix: bytes("b"), after: bytes("b1x"), limit: 1 })).toEqual(["b2"]);
        expect(keys({ prefix: bytes("b"), after: bytes("b2"), reverse: true })).toEqual(["b1", "b"]);
        expect(keys({ after: bytes("z") })).toEqual([]);
        expect(keys({ limit: 0 })).toEqual([]);
        expect(tx.count("t")).toBe(6);
        expect(tx.count("t", { prefix: bytes("b") })).toBe(4);
        expect(tx.count("t", { after: bytes("b2") })).toBe(2);
        expect(tx.count("nothing")).toBe(0);
      });
    });

    test("orders keys byte by byte like a sorted map, whatever they are", () => {
      const key = fc.uint8Array({ maxLength: 4 });
      const step = fc.record({ key, value: fc.option(fc.uint8Array({ maxLength: 3 })) });
      fc.assert(
        fc.property(fc.array(step), key, fc.boolean(), fc.option(key), (steps, prefix, reverse, after) => {
          const store = create();
          const model = new Map<string, Uint8Array>();
          store.transaction((tx) => {
            for (const { key, value } of steps) {
              if (value === null) tx.delete("t", key);
              else tx.put("t", key, value);
              if (value === null) model.delete(String.fromCharCode(...key));
              else model.set(String.fromCharCode(...key), value);
            }
          });
          const start = String.fromCharCode(...prefix);
          const position = after === null ? undefined : String.fromCharCode(...after);
          const expected = [...model.keys()]
            .filter((k) => k.startsWith(start))
            .filter((k) => position === undefined || (reverse ? k < position : k > position))
            .sort();
          if (reverse) expected.reverse();
          const range = { prefix, reverse, ...(after === null ? {} : { after }) };
          const rows = store.transaction((tx) => tx.range("t", range));
          expect(keysOf(rows)).toEqual(expected);
          for (const row of rows) expect(row.value).toEqual(model.get(String.fromCharCode(...row.key)));
          expect(store.transaction((tx) => tx.count("t", range))).toBe(expected.length);
          store.close();
        }),
        { numRuns: 50 },
      );
    });

    test("hands out arrays of the reader's own", () => {
      const store = create();
      const value = bytes("value");
      store.transaction((tx) => tx.put("a", bytes("k"), value));
      value.fill(0);
      store.transaction((tx) => tx.get("a", bytes("k"))?.fill(0));
      expect(store.transaction((tx) => tx.get("a", bytes("k")))).toEqual(bytes("value"));
    });

    test("finds texts by words and beginnings, whatever their case, accents and punctuation", () => {
      const store = create();
      store.transaction((tx) => {
        tx.index("t", 1, "See you at eight, then!");
        tx.index("t", 2, "Café au lait");
        tx.index("t", 3, "eight more");
        tx.index("t", 4, "Привет, мир");
      });
      store.transaction((tx) => {
        expect(tx.search("t", "eight", 9)).toEqual([3, 1]);
        expect(tx.search("t", "eight", 1)).toEqual([3]);
        expect(tx.search("t", "eight", 9, 3)).toEqual([1]);
        expect(tx.search("t", "CAFE la", 9)).toEqual([2]);
        expect(tx.search("t", "мир", 9)).toEqual([4]);
        expect(tx.search("t", "ei yo", 9)).toEqual([]);
        expect(tx.search("t", "you ei", 9)).toEqual([1]);
        for (const odd of ["", "  ", '"', "*", "a OR", "NEAR(", "-x", "words:"]) {
          expect(() => tx.search("t", odd, 9)).not.toThrow();
        }
        tx.index("t", 1, "changed");
        tx.unindex("t", 3);
        tx.unindex("t", 77);
        expect(tx.search("t", "eight", 9)).toEqual([]);
        expect(tx.search("t", "chang", 9)).toEqual([1]);
      });
    });
  });
}
