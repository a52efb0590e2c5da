import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultSettings, parseSettings } from "./settings.ts";
import { openSettings } from "./settings-file.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sotto-settings-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("wrong values become defaults and are named", () => {
  const { settings, problems } = parseSettings({
    background: "pink",
    links: 1,
    notify: "bell",
    keys: { composer: 3 },
  });
  expect(settings).toEqual({ ...defaultSettings, notify: "bell" });
  expect(problems).toHaveLength(3);
  expect(parseSettings([]).problems).toEqual(["the file is not a JSON object"]);
});

test("changes are there at the next start", () => {
  const path = join(folder, "deep", "settings.json");
  openSettings(path).update({ notify: "bell" });
  expect(openSettings(path).settings).toEqual({ ...defaultSettings, notify: "bell" });
});

test("clients that are open at the same time do not undo each other's changes", () => {
  const path = join(folder, "shared.json");
  const [first, second] = [openSettings(path), openSettings(path)];
  first.update({ notify: "bell" });
  second.update({ links: false });
  expect(openSettings(path).settings).toEqual({ ...defaultSettings, notify: "bell", links: false });
  writeFileSync(path, "{ oops");
  second.update({ links: true });
  expect(second.settings.links).toBe(true);
  expect(readFileSync(path, "utf8")).toBe("{ oops");
});

test("a file that the user has to mend is not written over", () => {
  const path = join(folder, "broken.json");
  writeFileSync(path, "{ oops");
  const file = openSettings(path);
  file.update({ notify: "off" });
  expect(file.problems).toEqual(["it is not JSON"]);
  expect(file.settings.notify).toBe("off");
  expect(readFileSync(path, "utf8")).toBe("{ oops");
});
