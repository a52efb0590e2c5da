import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hexEncode, utf8Encode } from "../../bytes/index.ts";
import { systemRandom } from "../../crypto/random.ts";
import { backUp, restore } from "./backup.ts";
import { type OpenStore, openStore, type StoreOptions, storeFiles, storeState } from "./open.ts";

const root = mkdtempSync(join(tmpdir(), "sotto-open-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const scryptCost = { N: 2 ** 10, r: 8, p: 1 };

function place(passphrase?: string): StoreOptions {
  const base = join(root, `${folders++}`);
  const options = { folder: join(base, "data"), witnessFolder: join(base, "state"), scryptCost };
  return passphrase === undefined ? options : { ...options, passphrase };
}

function write(open: OpenStore, value: string): void {
  open.store.transaction((tx) => tx.put("a", utf8Encode("k"), utf8Encode(value)));
}

function read(options: StoreOptions): string {
  const open = openStore(options);
  const value = open.store.transaction((tx) => tx.get("a", utf8Encode("k")));
  open.close();
  return new TextDecoder().decode(value);
}

function use(options: StoreOptions, value: string): void {
  const open = openStore(options);
  write(open, value);
  open.close();
}

function staleness(options: StoreOptions): string | undefined {
  const open = openStore(options);
  open.close();
  return open.stale;
}

describe("without a passphrase", () => {
  test("the key is in a file that only the user can read", () => {
    const options = place();
    expect(storeState(options.folder)).toBe("none");
    use(options, "v");
    expect(storeState(options.folder)).toBe("open");
    expect(statSync(storeFiles(options.folder).keys).mode & 0o777).toBe(0o600);
    expect(statSync(storeFiles(options.folder).database).mode & 0o777).toBe(0o600);
    expect(statSync(options.folder).mode & 0o777).toBe(0o700);
    expect(read(options)).toBe("v");
  });

  test("a database whose key file is lost is left alone", () => {
    const options = place();
    use(options, "v");
    rmSync(storeFiles(options.folder).keys);
    expect(() => openStore(options)).toThrow(expect.objectContaining({ code: "corrupt" }));
  });
});

test("of two who make a store at the same time, both have the key of the first", () => {
  const options = place();
  let other: OpenStore | undefined;
  const random = (length: number): Uint8Array => {
    // Between the look for a store and the making of one.
    if (other === undefined) {
      other = openStore(options);
      write(other, "first");
    }
    return systemRandom(length);
  };
  expect(() => openStore({ ...options, random })).toThrow(expect.objectContaining({ code: "locked" }));
  other?.close();
  expect(read(options)).toBe("first");
});

describe.each([
  ["without a passphrase", undefined],
  ["with a passphrase", "p"],
])("a damaged database %s", (_, passphrase) => {
  /** What opening says after the database was damaged, which stays as it is. */
  function afterDamage(damage: (bytes: Buffer) => Buffer): unknown {
    const options = place(passphrase);
    use(options, "v");
    const { database } = storeFiles(options.folder);
    const damaged = damage(readFileSync(database));
    writeFileSync(database, damaged);
    try {
      openStore(options).close();
      return undefined;
    } catch (error) {
      expect(readFileSync(database)).toEqual(damaged);
      return error;
    }
  }

  test.each([
    ["is cut to nothing", (bytes: Buffer) => bytes.subarray(0, 0)],
    ["is cut within its first page", (bytes: Buffer) => bytes.subarray(0, 1000)],
    ["has a damaged first page", (bytes: Buffer) => bytes.fill(1, 100, 101)],
    ["begins with other bytes", (bytes: Buffer) => bytes.fill(0, 0, 16)],
    ["is another file", () => Buffer.alloc(8192, "text ")],
  ])("that %s is named as damaged, and nothing is put in its place", (_, damage) => {
    expect(afterDamage(damage)).toMatchObject({ code: "corrupt" });
  });

  test("that is gone is not made anew", () => {
    const options = place(passphrase);
    use(options, "v");
    const { database } = storeFiles(options.folder);
    rmSync(database);
    expect(storeState(options.folder)).not.toBe("none");
    expect(() => openStore(options)).toThrow("store.db is missing");
    expect(existsSync(database)).toBe(false);
  });
});

test("a wrong passphrase is told from damage, without the database", () => {
  const options = place("right");
  use(options, "v");
  const { database } = storeFiles(options.folder);
  writeFileSync(database, Buffer.alloc(8192, 1));
  expect(() => openStore({ ...options, passphrase: "wrong" })).toThrow("the passphrase is wrong");
  expect(() => openStore(options)).toThrow("the file is damaged");
});

test("a store of before there was a mark for new ones is taken for one that has its database", () => {
  const options = place();
  use(options, "v");
  const { keys, database } = storeFiles(options.folder);
  expect(Object.keys(JSON.parse(readFileSync(keys, "utf8")))).toEqual(["version", "keys"]);
  writeFileSync(database, "");
  expect(() => openStore(options)).toThrow("store.db is empty");
});

describe("with a passphrase", () => {
  test("it is needed, and a wrong one is refused", () => {
    const options = place("correct horse");
    use(options, "v");
    expect(storeState(options.folder)).toBe("passphrase");
    const { passphrase: _, ...without } = options;
    expect(() => openStore(without)).toThrow("cannot open store: a passphrase is needed");
    expect(() => openStore({ ...options, passphrase: "correct house" })).toThrow("the passphrase is wrong");
    expect(read(options)).toBe("v");
  });

  test("it can be typed in any normal form of Unicode", () => {
    const options = place("caf\u{e9}");
    use(options, "v");
    expect(read({ ...options, passphrase: "cafe\u{301}" })).toBe("v");
  });

  test("what it costs to try one is stored with the key, and a store is opened whatever new ones cost", () => {
    const options = place("p");
    use(options, "v");
    const keys: unknown = JSON.parse(readFileSync(storeFiles(options.folder).keys, "utf8"));
    expect(keys).toMatchObject({ version: 1, keys: [{ scrypt: scryptCost }] });
    expect(read({ ...options, scryptCost: { N: 2 ** 11, r: 8, p: 2 } })).toBe("v");
    const { scryptCost: _, ...standard } = place("p");
    use(standard, "v");
    const today: unknown = JSON.parse(readFileSync(storeFiles(standard.folder).keys, "utf8"));
    expect(today).toMatchObject({ keys: [{ scrypt: { N: 2 ** 17, r: 8, p: 1 } }] });
  });

  test("it can be set, changed and taken away, and the key of the data changes each time", () => {
    const options = place();
    const open = openStore(options);
    write(open, "v");
    const keys = [open.key()];
    for (const passphrase of ["one", "two", undefined]) {
      open.changePassphrase(passphrase);
      keys.push(open.key());
      write(open, `after ${passphrase}`);
    }
    open.close();
    expect(new Set(keys.map(hexEncode)).size).toBe(4);
    expect(read(options)).toBe("after undefined");
  });

  test("a key file that asks for unbounded work is refused", () => {
    const options = place("p");
    use(options, "v");
    const { keys } = storeFiles(options.folder);
    writeFileSync(keys, readFileSync(keys, "utf8").replace(/"N": \d+/, '"N": 1073741824'));
    expect(() => openStore(options)).toThrow(/out of bounds/);
  });

  test("a damaged key file is named as such", () => {
    const options = place("p");
    use(options, "v");
    const { keys } = storeFiles(options.folder);
    for (const text of [
      "",
      "{}",
      "[]",
      '{"version":1}',
      '{"version":1,"keys":[{}]}',
      '{"version":1,"keys":[{"plain":"0"}]}',
    ]) {
      writeFileSync(keys, text);
      expect(() => openStore(options)).toThrow(expect.objectContaining({ code: "corrupt" }));
    }
    writeFileSync(keys, '{"version":2,"keys":[]}');
    expect(() => openStore(options)).toThrow(expect.objectContaining({ code: "newer" }));
  });
});

describe("the guard against stale state", () => {
  test("a store in normal use is fresh at each opening, after a crash too", () => {
    const options = place();
    for (let i = 0; i < 3; i++) expect(staleness(options)).toBeUndefined();
    const crashed = openStore(options);
    crashed.store.close();
    expect(staleness(options)).toBeUndefined();
  });

  test("a copied folder is stale until its state is declared fresh", () => {
    const options = place();
    use(options, "v");
    const copy = place();
    cpSync(options.folder, copy.folder, { recursive: true });
    expect(staleness({ ...copy, witnessFolder: options.witnessFolder })).toBe("copied");
    const open = openStore(copy);
    expect(open.stale).toBe("copied");
    open.store.transaction((tx) => open.markFresh(tx));
    open.close();
    expect(staleness(copy)).toBeUndefined();
    expect(staleness(options)).toBeUndefined();
  });

  test("an older copy put in the place of the store is behind", () => {
    const options = place();
    use(options, "v");
    const { database } = storeFiles(options.folder);
    const older = readFileSync(database);
    use(options, "w");
    writeFileSync(database, older);
    expect(staleness(options)).toBe("behind");
    const open = openStore(options);
    open.store.transaction((tx) => open.markFresh(tx));
    open.close();
    expect(staleness(options)).toBeUndefined();
  });
});

describe("a backup", () => {
  test("restores everything elsewhere under its own passphrase, marked as restored", () => {
    const options = place("mine");
    const open = openStore(options);
    write(open, "v");
    const path = join(root, "one.backup");
    backUp(open, path, "theirs", { scryptCost });
    write(open, "later");
    open.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);

    const target = place("theirs");
    mkdirSync(target.folder, { recursive: true });
    expect(() => restore(path, "wrong", target.folder)).toThrow("the passphrase is wrong");
    restore(path, "theirs", target.folder);
    expect(staleness(target)).toBe("restored");
    expect(read(target)).toBe("v");
    expect(() => restore(path, "theirs", target.folder)).toThrow("has a store already");
  });

  test("never overwrites a file, and a damaged or foreign file is refused", () => {
    const options = place();
    const open = openStore(options);
    const path = join(root, "two.backup");
    backUp(open, path, "p", { scryptCost });
    expect(() => backUp(open, path, "p", { scryptCost })).toThrow("exists already");
    expect(() => backUp(open, join(path, "none"), "p", { scryptCost })).toThrow("there is no folder");
    expect(() => backUp(open, `${path}-none/b`, "p", { scryptCost })).toThrow("there is no folder");
    open.close();
    const damaged = join(root, "damaged.backup");
    const bytes = readFileSync(path);
    for (const part of [Buffer.from("not a backup"), bytes.subarray(0, 40), bytes.subarray(0, 5000)]) {
      writeFileSync(damaged, part);
      const target = place();
      mkdirSync(target.folder, { recursive: true });
      expect(() => restore(damaged, "p", target.folder)).toThrow(/cannot/);
      expect(storeState(target.folder)).toBe("none");
    }
  });
});
