import { expect, test } from "vitest";
import { mapped, shortText, struct, tail, word16, word32 } from "../bytes/index.ts";
import { MemoryStore } from "./memory.ts";
import { Table } from "./table.ts";

const people = new Table("people", word32, struct({ name: shortText, age: word16 }));

test("a table encodes its keys and values, and reads ranges in the order of keys", () => {
  new MemoryStore().transaction((tx) => {
    people.put(tx, 300, { name: "Ada", age: 36 });
    people.put(tx, 5, { name: "Alan", age: 41 });
    people.put(tx, 256, { name: "Grace", age: 85 });
    expect(people.get(tx, 5)).toEqual({ name: "Alan", age: 41 });
    expect(people.range(tx).map(({ key }) => key)).toEqual([5, 256, 300]);
    expect(people.range(tx, { after: 5, limit: 1 })).toEqual([
      { key: 256, value: { name: "Grace", age: 85 } },
    ]);
    people.delete(tx, 256);
    expect(people.get(tx, 256)).toBeUndefined();
    expect(people.count(tx)).toBe(2);
  });
});

test("what was read or written of a secret is overwritten, but not what the store has", () => {
  const copied = mapped(
    tail,
    (bytes) => bytes.slice(),
    (bytes) => bytes,
  );
  const secrets = new Table("secrets", word32, copied, { secret: true });
  const used: Uint8Array[] = [];
  new MemoryStore().transaction((tx) => {
    const watched = {
      ...tx,
      put: (table: string, key: Uint8Array, value: Uint8Array) => {
        used.push(value);
        tx.put(table, key, value);
      },
      get: (table: string, key: Uint8Array) => {
        const value = tx.get(table, key);
        if (value !== undefined) used.push(value);
        return value;
      },
      range: (table: string) => {
        const rows = tx.range(table);
        used.push(...rows.map(({ value }) => value));
        return rows;
      },
    };
    secrets.put(watched, 1, Uint8Array.of(1, 2, 3));
    expect(secrets.get(watched, 1)).toEqual(Uint8Array.of(1, 2, 3));
    expect(secrets.range(watched)).toEqual([{ key: 1, value: Uint8Array.of(1, 2, 3) }]);
    expect(used).toEqual([new Uint8Array(3), new Uint8Array(3), new Uint8Array(3)]);
  });
});
