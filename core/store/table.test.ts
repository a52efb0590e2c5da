import { expect, test } from "vitest";
import { shortText, struct, word16, word32 } from "../bytes/index.ts";
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
