import { describe, expect, it } from "vitest";
import { MemoryStore } from "../store/memory.ts";
import { CrashStore } from "./crash-store.ts";

const key = Uint8Array.of(1);
const value = Uint8Array.of(2);

/** A store whose process crashes at the given call, and what is on its disk. */
function crashingAt(call: number) {
  const disk = new MemoryStore();
  let calls = 0;
  const store = new CrashStore(disk, () => ++calls >= call);
  const stored = () => disk.transaction((transaction) => transaction.get("table", key));
  return { store, stored, calls: () => calls };
}

describe("a crash", () => {
  it("loses all of the transaction it happens in, at whatever call, and nothing before", () => {
    for (let call = 1; call <= 4; call++) {
      const { store, stored } = crashingAt(call);
      let committed = false;
      const result = store.transaction((transaction) => {
        store.onCommit(() => {
          committed = true;
        });
        transaction.put("table", key, value);
        return transaction.get("table", key);
      });
      expect(result).toEqual(value);
      expect(stored()).toBeUndefined();
      expect(committed).toBe(false);
    }
    const { store, stored } = crashingAt(5);
    let committed = false;
    store.onNextCommit(() => {
      committed = true;
    });
    store.transaction((transaction) => {
      transaction.put("table", key, value);
      return transaction.get("table", key);
    });
    expect(stored()).toEqual(value);
    expect(committed).toBe(true);
  });

  it("leaves the process in a world where nothing it writes is kept", () => {
    const { store, stored } = crashingAt(1);
    store.transaction((transaction) => transaction.put("table", key, value));
    store.transaction((transaction) => {
      expect(transaction.get("table", key)).toBeUndefined();
      transaction.put("table", key, value);
    });
    expect(stored()).toBeUndefined();
  });
});

describe("an error of the caller", () => {
  it("undoes the transaction, and is thrown on", () => {
    const { store, stored } = crashingAt(1_000);
    let committed = false;
    const run = () =>
      store.transaction((transaction) => {
        store.onCommit(() => {
          committed = true;
        });
        transaction.put("table", key, value);
        throw new Error("no");
      });
    expect(run).toThrow("no");
    expect(stored()).toBeUndefined();
    expect(committed).toBe(false);
  });
});

describe("the planted fault", () => {
  it("loses the last commit to its table in a crash, and no other", () => {
    const disk = new MemoryStore();
    const store = new CrashStore(disk, () => false, "table");
    const effects: string[] = [];
    store.transaction((transaction) => {
      store.onCommit(() => effects.push("first"));
      transaction.put("table", key, value);
    });
    store.transaction((transaction) => {
      store.onCommit(() => effects.push("second"));
      transaction.delete("table", key);
    });
    store.crashed();
    expect(disk.transaction((transaction) => transaction.get("table", key))).toEqual(value);
    expect(effects).toEqual(["first"]);
  });
});
