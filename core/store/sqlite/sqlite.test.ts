import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3-multiple-ciphers";
import { afterAll, expect, test } from "vitest";
import { hexEncode, utf8Encode } from "../../bytes/index.ts";
import { describeStore } from "../store.conformance.ts";
import { SqliteStore } from "./sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "sotto-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `${files++}.db`);
const key = new Uint8Array(32).fill(7);

describeStore("SqliteStore", () => new SqliteStore(newPath(), key));

test("what is committed is there after it is opened again", () => {
  const path = newPath();
  const store = new SqliteStore(path, key);
  store.transaction((tx) => tx.put("a", utf8Encode("k"), utf8Encode("v")));
  store.close();
  const again = new SqliteStore(path, key);
  expect(again.transaction((tx) => tx.get("a", utf8Encode("k")))).toEqual(utf8Encode("v"));
  again.close();
});

test("no plain text is in the file, and a wrong key doesn't open it", () => {
  const path = newPath();
  const store = new SqliteStore(path, key);
  store.transaction((tx) => {
    tx.put("a", utf8Encode("k"), utf8Encode("a secret value"));
    tx.index("words", 1, "another secret");
  });
  store.close();
  const text = readFileSync(path).toString("latin1");
  for (const word of ["SQLite format", "secret", "t_a", "words"]) expect(text).not.toContain(word);
  expect(() => new SqliteStore(path, new Uint8Array(32))).toThrow(
    expect.objectContaining({ code: "corrupt" }),
  );
});

test("a second opening is refused as locked while the first lasts", () => {
  const path = newPath();
  const store = new SqliteStore(path, key);
  expect(() => new SqliteStore(path, key)).toThrow(expect.objectContaining({ code: "locked" }));
  store.close();
  new SqliteStore(path, key).close();
});

test("a folder that is not there is named as what is missing", () => {
  const path = join(folder, "no", "such", "folder.db");
  expect(() => new SqliteStore(path, key)).toThrow("cannot open store: there is no such file");
});

test("words of a text that was deleted are not left in the index", () => {
  const path = newPath();
  const store = new SqliteStore(path, key);
  store.transaction((tx) => tx.index("words", 1, "zanzibar"));
  store.transaction((tx) => tx.unindex("words", 1));
  store.close();
  const database = new Database(path);
  database.pragma("cipher = 'sqlcipher'");
  database.pragma("legacy = 4");
  database.pragma(`key = "x'${hexEncode(key)}'"`);
  const terms = database.prepare("select group_concat(hex(block)) from f_words_data").pluck().get();
  database.close();
  expect(String(terms)).not.toContain(Buffer.from("zanzibar").toString("hex").toUpperCase());
});
