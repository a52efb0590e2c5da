import { describe, expect, it } from "vitest";
import { StoreLostError } from "../store.ts";
import { GroupCommit } from "./group-commit.ts";

/** A database that notes what is done to it, and whose disk syncs when told. */
function setUp() {
  const log: string[] = [];
  const deferred: (() => void)[] = [];
  const syncs: PromiseWithResolvers<void>[] = [];
  let commitError: Error | undefined;
  const group = new GroupCommit(
    {
      begin: () => log.push("begin"),
      commit() {
        if (commitError) throw commitError;
        log.push("commit");
      },
      rollback: () => log.push("rollback"),
      sync() {
        log.push("sync");
        const sync = Promise.withResolvers<void>();
        syncs.push(sync);
        return sync.promise;
      },
    },
    (callback) => deferred.push(callback),
    ({ message }) => log.push(`forget: ${message}`),
  );
  return {
    group,
    log,
    syncs,
    endTick: () => deferred.splice(0).map((callback) => callback()),
    failCommit: () => {
      commitError = new Error("disk full");
    },
    mendCommit: () => {
      commitError = undefined;
    },
  };
}

describe("group commit", () => {
  it("puts all writes of a tick into one transaction and one sync", async () => {
    const { group, log, syncs, endTick } = setUp();
    group.write();
    group.write();
    const durable = group.durable();
    endTick();
    syncs[0]?.resolve();
    await durable;
    expect(log).toEqual(["begin", "commit", "sync"]);
    expect(group.durable()).toBeUndefined();
  });

  it("keeps what is written during a sync in one transaction, and commits it after", async () => {
    const { group, log, syncs, endTick } = setUp();
    group.write();
    endTick();
    group.write();
    endTick();
    group.write();
    const durable = group.durable();
    endTick();
    expect(log).toEqual(["begin", "commit", "sync", "begin"]);
    syncs[0]?.resolve();
    await expect.poll(() => syncs).toHaveLength(2);
    expect(log).toEqual(["begin", "commit", "sync", "begin", "commit", "sync"]);
    syncs[1]?.resolve();
    await durable;
    expect(group.durable()).toBeUndefined();
  });

  it("tells everybody who waits when the commit fails, and forgets", async () => {
    const { group, log, endTick, failCommit } = setUp();
    failCommit();
    group.write();
    const durable = group.durable();
    endTick();
    await expect(durable).rejects.toThrow("cannot write to store");
    expect(log).toEqual([
      "begin",
      "rollback",
      "forget: cannot write to store: the transaction failed (disk full)",
    ]);
  });

  it("undoes the whole group when one write fails", async () => {
    const { group, log, endTick } = setUp();
    group.write();
    const durable = group.durable();
    expect(group.fail(new Error("constraint")).name).toBe("StoreError");
    endTick();
    await expect(durable).rejects.toThrow("cannot write to store");
    expect(log).toEqual([
      "begin",
      "rollback",
      "forget: cannot write to store: the database refuses (constraint)",
    ]);
  });

  it("tells everybody when the sync fails, and it is over: nothing is written or promised after it", async () => {
    const { group, log, syncs, endTick } = setUp();
    group.write();
    const durable = group.durable();
    endTick();
    group.write();
    const next = group.durable();
    syncs[0]?.reject(new Error("input/output error"));
    const message = "cannot write to store: the disk cannot be synced (input/output error)";
    await expect(durable).rejects.toThrow(StoreLostError);
    await expect(next).rejects.toThrow(message);
    endTick();
    expect(() => group.write()).toThrow(StoreLostError);
    await expect(group.durable()).rejects.toThrow(message);
    await expect(group.flush()).rejects.toThrow(message);
    expect(log).toEqual(["begin", "commit", "sync", "begin", "rollback", `forget: ${message}`]);
  });

  it("goes on after a commit that failed, which has written nothing", async () => {
    const { group, syncs, endTick, failCommit, mendCommit, log } = setUp();
    failCommit();
    group.write();
    endTick();
    mendCommit();
    group.write();
    const durable = group.durable();
    endTick();
    syncs[0]?.resolve();
    await durable;
    expect(log.slice(-3)).toEqual(["begin", "commit", "sync"]);
  });
});
