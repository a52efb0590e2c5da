import { expect, test } from "vitest";
import { utf8Encode } from "../../bytes/index.ts";
import { MemoryStore } from "../../store/memory.ts";
import { migrate } from "../../store/migrations.ts";
import { migrateChat } from "./migrations.ts";

test("a store without a version is one of the first release, and left as it is", () => {
  const store = new MemoryStore();
  store.transaction((tx) => tx.put("chat_contacts", utf8Encode("k"), utf8Encode("v")));
  migrateChat(store);
  expect(store.transaction((tx) => tx.get("chat_contacts", utf8Encode("k")))).toEqual(utf8Encode("v"));
});

test("a store of a later version is refused by name, before anything is read", () => {
  const store = new MemoryStore();
  const later = Array.from({ length: 99 }, () => () => undefined);
  migrate(store, "chat", later);
  expect(() => migrateChat(store)).toThrow(expect.objectContaining({ code: "newer" }));
});
