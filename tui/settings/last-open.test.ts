import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLastOpen } from "./last-open.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sotto-last-open-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the conversation is there at the next start, whatever other profiles have open meanwhile", () => {
  const [ada, grace] = ["ada", "grace"].map((name) => join(folder, "deep", `${name}.json`));
  const [first, second] = [openLastOpen(ada ?? ""), openLastOpen(grace ?? "")];
  expect(first.get()).toBeUndefined();
  first.set(3);
  second.set(7);
  expect(first.get()).toBe(3);
  expect(openLastOpen(ada ?? "").get()).toBe(3);
  expect(openLastOpen(grace ?? "").get()).toBe(7);
});

test.each(["", "{ oops", "[]", "null", '{"contactId":"3"}'])("a file that holds %j is none", (text) => {
  const path = join(folder, "broken.json");
  writeFileSync(path, text);
  const broken = openLastOpen(path);
  expect(broken.get()).toBeUndefined();
  broken.set(3);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ contactId: 3 });
});

test("without a file that can be written it lasts as long as the process", () => {
  const path = join(folder, "file");
  writeFileSync(path, "");
  const lastOpen = openLastOpen(join(path, "within.json"));
  lastOpen.set(3);
  expect(lastOpen.get()).toBe(3);
});
