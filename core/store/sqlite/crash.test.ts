import { spawn } from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3-multiple-ciphers";
import { afterAll, describe, expect, test } from "vitest";
import { utf8Decode, utf8Encode } from "../../bytes/index.ts";
import { backUp, restore } from "./backup.ts";
import { type OpenStore, openStore, type StoreOptions, storeFiles, storeState } from "./open.ts";

const root = fs.mkdtempSync(join(tmpdir(), "sotto-crash-"));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
let folders = 0;
const scryptCost = { N: 2 ** 4, r: 8, p: 1 };
const newBase = (): string => join(root, `${folders++}`);

function optionsIn(base: string, passphrase?: string): StoreOptions {
  const options = { folder: join(base, "data"), witnessFolder: join(base, "state"), scryptCost };
  return passphrase === undefined ? options : { ...options, passphrase };
}

class Crash extends Error {}

const fileCalls = [
  "openSync",
  "writeSync",
  "fsyncSync",
  "closeSync",
  "renameSync",
  "linkSync",
  "copyFileSync",
  "rmSync",
  "mkdirSync",
] as const;
const databaseCalls = ["pragma", "exec", "prepare"] as const;

type Call = (...values: unknown[]) => unknown;

/**
 * Runs `action` up to its `step`th call of the file system or the database: that one and all after it do nothing but
 * throw, as if the process had ended. @returns whether the action came to its end before that
 */
function endsBefore(step: number, action: () => void): boolean {
  let calls = 0;
  const opened = new Set<Database.Database>();
  const undo: (() => void)[] = [];
  const stopIn = (owner: object, name: string): void => {
    const original: Call = Reflect.get(owner, name);
    Reflect.set(owner, name, function stopped(this: unknown, ...values: unknown[]) {
      if (this instanceof Database) opened.add(this);
      if (++calls >= step) throw new Crash();
      return Reflect.apply(original, this, values);
    });
    undo.push(() => Reflect.set(owner, name, original));
  };
  for (const name of fileCalls) stopIn(fs, name);
  for (const name of databaseCalls) stopIn(Database.prototype, name);
  syncBuiltinESMExports();
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof Crash) return false;
    throw error;
  } finally {
    for (const one of undo) one();
    syncBuiltinESMExports();
    if (calls >= step) for (const database of opened) database.close();
  }
}

/** Lets `action` end at each of its steps in turn, each time on a store of its own, and then looks at what is there. */
function atEachStep(
  prepare: (base: string) => void,
  action: (base: string) => void,
  check: (base: string) => void,
): void {
  for (let step = 1; ; step++) {
    const base = newBase();
    prepare(base);
    const isDone = endsBefore(step, () => action(base));
    try {
      check(base);
    } catch (error) {
      throw new Error(`after the end at step ${step}: ${String(error)}`, { cause: error });
    }
    if (isDone) {
      // Fewer would mean that the calls are not seen.
      expect(step).toBeGreaterThan(10);
      return;
    }
  }
}

function write({ store }: OpenStore, value: string): void {
  store.transaction((tx) => tx.put("a", utf8Encode("k"), utf8Encode(value)));
}

function use(options: StoreOptions, value: string): void {
  const open = openStore(options);
  write(open, value);
  open.close();
}

/** The value in a store, or why it can't be opened. */
function read(options: StoreOptions): string {
  try {
    const open = openStore(options);
    const value = open.store.transaction((tx) => tx.get("a", utf8Encode("k")));
    open.close();
    return value === undefined ? "nothing" : utf8Decode(value);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What a person has who is asked for the passphrase when the store says that it needs one, and only then. */
function readAsAsked(base: string, passphrase: string): string {
  const asked = storeState(optionsIn(base).folder) === "passphrase";
  return read(optionsIn(base, asked ? passphrase : undefined));
}

const program = fileURLToPath(new URL("../testing/rekey-process.ts", import.meta.url));

/** Resolves when the file has this many bytes, or when `ended`. */
async function grows(path: string, bytes: number, ended: Promise<unknown>): Promise<void> {
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const size = () => fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  while (!hasEnded && size() < bytes) await new Promise((resolve) => setImmediate(resolve));
}

test("a kill while the data are encrypted anew leaves all of them to who has the new passphrase", async () => {
  const rows = 1_500;
  const changesKilledMeanwhile = async (options: StoreOptions): Promise<boolean> => {
    const { folder, witnessFolder } = options;
    const open = openStore(options);
    open.store.transaction((tx) => {
      for (let i = 0; i < rows; i++) tx.put("a", utf8Encode(String(i)), new Uint8Array(8_000).fill(i));
    });
    open.close();
    const child = spawn(process.execPath, ["--no-warnings", program, folder, witnessFolder]);
    const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
      child.once("exit", (code, signal) => resolve(code ?? signal)),
    );
    // SQLite's journal gets each page as it was before it is written anew.
    await grows(`${storeFiles(folder).database}-journal`, 2_000_000, ended);
    child.kill("SIGKILL");
    const end = await ended;
    expect([0, "SIGKILL"]).toContain(end);
    return end === "SIGKILL";
  };
  // Where this process had to wait for its turn until all was done, it is done with another store.
  let options: StoreOptions;
  do options = optionsIn(newBase(), "old");
  while (!(await changesKilledMeanwhile(options)));
  const again = openStore({ ...options, passphrase: "new" });
  expect(again.stale).toBeUndefined();
  again.store.transaction((tx) => {
    expect(tx.count("a")).toBe(rows);
    for (const { key, value } of tx.range("a"))
      expect(value.every((byte) => byte === Number(utf8Decode(key)) % 256)).toBe(true);
  });
  again.close();
});

describe("a crash at any step", () => {
  test("of making a store leaves one that can be made and used", () => {
    atEachStep(
      () => undefined,
      (base) => use(optionsIn(base), "v"),
      (base) => {
        expect(["v", "nothing"]).toContain(read(optionsIn(base)));
        use(optionsIn(base), "w");
        expect(read(optionsIn(base))).toBe("w");
      },
    );
  });

  test("of using a store leaves it neither lost nor taken for an old copy", () => {
    atEachStep(
      (base) => use(optionsIn(base), "v"),
      (base) => use(optionsIn(base), "w"),
      (base) => {
        expect(["v", "w"]).toContain(read(optionsIn(base)));
        const open = openStore(optionsIn(base));
        expect(open.stale).toBeUndefined();
        open.close();
      },
    );
  });

  test.each([
    ["setting", undefined, "new"],
    ["changing", "old", "new"],
    ["taking away", "old", undefined],
  ] as const)(
    "of %s the passphrase leaves the data to who has the new one, and no other key once they were opened",
    (_, before, after) => {
      atEachStep(
        (base) => use(optionsIn(base, before), "v"),
        (base) => {
          const open = openStore(optionsIn(base, before));
          open.changePassphrase(after);
          open.close();
        },
        (base) => {
          const { keys } = storeFiles(optionsIn(base).folder);
          const count = () => JSON.parse(fs.readFileSync(keys, "utf8")).keys.length;
          // Before the change has begun, the passphrase is the old one.
          const hasBegun = count() > 1 || read(optionsIn(base, after)) === "v";
          const passphrase = hasBegun ? after : before;
          expect(readAsAsked(base, passphrase ?? "")).toBe("v");
          expect(count()).toBe(1);
          expect(readAsAsked(base, passphrase ?? "")).toBe("v");
          const open = openStore(optionsIn(base, passphrase));
          open.changePassphrase("newest");
          open.close();
          expect(read(optionsIn(base, "newest"))).toBe("v");
        },
      );
    },
  );

  test("of a backup leaves the store as it was, and a whole backup or none", () => {
    atEachStep(
      (base) => use(optionsIn(base), "v"),
      (base) => {
        const open = openStore(optionsIn(base));
        backUp(open, join(base, "backup"), "p", { scryptCost });
        open.close();
      },
      (base) => {
        expect(read(optionsIn(base))).toBe("v");
        const path = join(base, "backup");
        if (!fs.existsSync(path)) {
          const open = openStore(optionsIn(base));
          backUp(open, path, "p", { scryptCost });
          open.close();
        }
        const restored = join(base, "restored");
        fs.mkdirSync(join(restored, "data"), { recursive: true });
        restore(path, "p", join(restored, "data"));
        expect(read(optionsIn(restored, "p"))).toBe("v");
      },
    );
  });

  test("of restoring a backup leaves a store that is marked, or none, so that it can be done again", () => {
    const source = newBase();
    use(optionsIn(source), "v");
    const path = join(source, "backup");
    const open = openStore(optionsIn(source));
    backUp(open, path, "p", { scryptCost });
    open.close();
    atEachStep(
      (base) => void fs.mkdirSync(optionsIn(base).folder, { recursive: true }),
      (base) => restore(path, "p", optionsIn(base).folder),
      (base) => {
        const { folder } = optionsIn(base);
        if (storeState(folder) === "none") restore(path, "p", folder);
        expect(storeState(folder)).toBe("passphrase");
        const restored = openStore(optionsIn(base, "p"));
        expect(restored.stale).toBe("restored");
        restored.close();
        expect(read(optionsIn(base, "p"))).toBe("v");
        expect(() => restore(path, "p", folder)).toThrow("has a store already");
      },
    );
  });
});
