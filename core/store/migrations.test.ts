import { expect, test } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import { MemoryStore } from "./memory.ts";
import { migrate } from "./migrations.ts";
import type { Transaction } from "./store.ts";

function add(text: string): (transaction: Transaction) => void {
  return (transaction) => {
    const before = transaction.get("log", utf8Encode("log")) ?? new Uint8Array();
    transaction.put("log", utf8Encode("log"), Uint8Array.of(...before, ...utf8Encode(text)));
  };
}

function log(store: MemoryStore): string {
  return store.transaction((tx) => new TextDecoder().decode(tx.get("log", utf8Encode("log"))));
}

test("each migration runs once and in order, also when more come later", () => {
  const store = new MemoryStore();
  migrate(store, "agent", [add("1")]);
  migrate(store, "agent", [add("1"), add("2"), add("3")]);
  migrate(store, "chat", [add("c")]);
  migrate(store, "agent", [add("1"), add("2"), add("3")]);
  expect(log(store)).toBe("123c");
});

test("a migration that fails leaves the version before it and is run again", () => {
  const store = new MemoryStore();
  const broken = (transaction: Transaction): void => {
    add("x")(transaction);
    throw new Error("no room");
  };
  expect(() => migrate(store, "agent", [add("1"), broken])).toThrow("no room");
  migrate(store, "agent", [add("1"), add("2")]);
  expect(log(store)).toBe("12");
});

test("a store of a later version is refused by name", () => {
  const store = new MemoryStore();
  migrate(store, "agent", [add("1"), add("2")]);
  expect(() => migrate(store, "agent", [add("1")])).toThrow("agent version 2 is newer than 1");
});
