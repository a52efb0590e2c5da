import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { MemoryKv } from "../testing/memory-kv.ts";
import { id, key, link, message, notifier, queue, storeCases } from "../testing/store-cases.ts";
import { kvStore } from "./kv/kv-store.ts";
import { entries } from "./kv/values.ts";
import { MemoryStore } from "./memory/memory-store.ts";
import { openSqliteStore } from "./sqlite/open.ts";
import { schemaSteps } from "./sqlite/schema.ts";
import type { QueueStore } from "./store.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sotto-relay-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

const backends: Record<string, () => QueueStore> = {
  memory: () => new MemoryStore(),
  sqlite: () => openSqliteStore(join(temporaryFolder(), "relay.db")),
  kv: () => kvStore(new MemoryKv()),
};

describe.each(Object.entries(backends))("the %s store", (_name, open) => {
  it.each(storeCases)("%s", async (_case, run) => {
    const store = open();
    cleanups.push(() => store.close());
    await run(store);
  });
});

describe("the kv store", () => {
  it("deletes messages whose queue was deleted by an instance that ended before it came to them", async () => {
    const kv = new MemoryKv();
    const store = kvStore(kv);
    const one = queue({});
    await store.createQueue(one, undefined);
    const sent = message("left");
    await store.addMessage(one, sent, 8);
    const state = await kv.get(["state", one.recipientId]);
    await kv.atomic().delete(["queue", one.recipientId]).delete(state.key).commit();
    expect((await entries(kv.list({ prefix: ["message"] }))).length).toBe(1);
    await store.expireMessages(sent.timestamp);
    expect(await entries(kv.list({ prefix: ["message"] }))).toEqual([]);
  });
});

describe("the sqlite store", () => {
  it("has everything after it was closed and opened", async () => {
    const path = join(temporaryFolder(), "relay.db");
    const one = queue({ linkId: id(), notifier: notifier(), senderKey: key(), mode: "contact" });
    const sent = message("kept");
    const store = openSqliteStore(path);
    store.createQueue(one, link("data"));
    store.addMessage(one, sent, 1);
    store.addMessage(one, message("over"), 1);
    await store.durable();
    expect(store.durable()).toBeUndefined();
    await store.close();
    const again = openSqliteStore(path);
    cleanups.push(() => again.close());
    expect(again.findQueue("sender", one.senderId)).toEqual(one);
    expect(again.linkData(one)).toEqual(link("data"));
    expect(again.firstMessage(one)).toEqual(sent);
    expect(again.addMessage(one, message("refused"), 8)).toEqual({ type: "full" });
  });

  it("takes a file that a version without status changes made, and refuses one of a later version", async () => {
    const path = join(temporaryFolder(), "relay.db");
    const one = queue();
    const store = openSqliteStore(path);
    store.createQueue(one, undefined);
    await store.close();
    const database = new DatabaseSync(path);
    database.exec("DROP TABLE status_changes; PRAGMA user_version = 1");
    const again = openSqliteStore(path);
    again.leaveStatusChange(one.recipientId);
    expect(again.takeStatusChanges()).toEqual([one.recipientId]);
    expect(again.findQueue("sender", one.senderId)).toEqual(one);
    await again.close();
    database.exec(`PRAGMA user_version = ${schemaSteps.length + 1}`);
    database.close();
    expect(() => openSqliteStore(path)).toThrow(`has version ${schemaSteps.length + 1}`);
  });

  it("has all that is in the log written into the file when it is opened", async () => {
    const [path, copy] = [join(temporaryFolder(), "relay.db"), join(temporaryFolder(), "relay.db")];
    const one = queue();
    const killed = openSqliteStore(path);
    killed.createQueue(one, undefined);
    await killed.durable();
    const again = openSqliteStore(path);
    copyFileSync(path, copy);
    const withoutLog = openSqliteStore(copy);
    expect(withoutLog.findQueue("sender", one.senderId)).toEqual(one);
    for (const store of [killed, again, withoutLog]) await store.close();
  });

  it("sees what another process changed", async () => {
    const path = join(temporaryFolder(), "relay.db");
    const [store, other] = [openSqliteStore(path), openSqliteStore(path)];
    cleanups.push(
      () => store.close(),
      () => other.close(),
    );
    const one = queue();
    store.createQueue(one, undefined);
    await store.durable();
    expect(other.findQueue("sender", one.senderId)?.status.type).toBe("active");
    other.setStatus(one, { type: "blocked", info: { reason: "content", notice: { ttl: 60 } } });
    await other.durable();
    expect(store.findQueue("sender", one.senderId)?.status.type).toBe("blocked");
  });
});
