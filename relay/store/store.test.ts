import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { systemRandom } from "../../core/crypto/random.ts";
import { MemoryStore } from "./memory/memory-store.ts";
import { openSqliteStore } from "./sqlite/open.ts";
import type { QueueRecord, QueueStore, SentMessage } from "./store.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sotto-relay-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

const backends: Record<string, () => Promise<QueueStore>> = {
  memory: async () => new MemoryStore(),
  sqlite: async () => openSqliteStore(join(temporaryFolder(), "relay.db")),
};

const id = () => systemRandom(24);
const key = () => ({ algorithm: "Ed25519", key: systemRandom(32) }) as const;
const now = 1_700_000_000;

function queue(changes: Partial<QueueRecord> = {}): QueueRecord {
  return {
    recipientId: id(),
    senderId: id(),
    recipientKeys: [key()],
    dhSecret: systemRandom(32),
    senderKey: undefined,
    mode: "messaging",
    linkId: undefined,
    notifier: undefined,
    status: { type: "active" },
    updatedAt: now,
    serviceId: undefined,
    ...changes,
  };
}

const notifier = () => ({
  notifierId: id(),
  key: key(),
  dhSecret: systemRandom(32),
  serviceId: undefined,
});

function message(text: string, timestamp = now): SentMessage {
  return { type: "message", id: id(), timestamp, notify: true, body: new TextEncoder().encode(text) };
}

const link = (user: string) => ({ fixedData: Uint8Array.of(1, 2), userData: new TextEncoder().encode(user) });

describe.each(Object.entries(backends))("the %s store", (_name, open) => {
  async function opened(): Promise<QueueStore> {
    const store = await open();
    cleanups.push(() => store.close());
    return store;
  }

  it("finds a queue by the id of each party, and by no other", async () => {
    const store = await opened();
    const one = queue({ linkId: id(), notifier: notifier() });
    expect(await store.createQueue(one, link("data"))).toBe(true);
    await store.createQueue(queue(), undefined);
    expect(await store.findQueue("recipient", one.recipientId)).toEqual(one);
    expect(await store.findQueue("sender", one.senderId)).toEqual(one);
    expect(await store.findQueue("link", one.linkId ?? id())).toEqual(one);
    expect(await store.findQueue("notifier", one.notifier?.notifierId ?? id())).toEqual(one);
    expect(await store.findQueue("sender", one.recipientId)).toBeUndefined();
    expect(await store.findQueue("recipient", one.senderId)).toBeUndefined();
  });

  it("refuses a queue with an id that is in use", async () => {
    const store = await opened();
    const one = queue({ linkId: id(), notifier: notifier() });
    await store.createQueue(one, link("data"));
    expect(await store.createQueue(queue({ recipientId: one.recipientId }), undefined)).toBe(false);
    expect(await store.createQueue(queue({ senderId: one.senderId }), undefined)).toBe(false);
    expect(await store.createQueue(queue({ linkId: one.linkId }), link("x"))).toBe(false);
    expect(await store.createQueue(queue({ notifier: one.notifier }), undefined)).toBe(false);
  });

  it("takes the sender's key once", async () => {
    const store = await opened();
    const one = queue();
    const first = key();
    await store.createQueue(one, undefined);
    expect(await store.secureQueue(one, first)).toBe(true);
    expect(await store.secureQueue(one, { ...first })).toBe(true);
    expect(await store.secureQueue(one, key())).toBe(false);
    expect((await store.findQueue("sender", one.senderId))?.senderKey).toEqual(first);
  });

  it("replaces recipient keys, status and day of use", async () => {
    const store = await opened();
    const one = queue();
    await store.createQueue(one, undefined);
    const keys = [key(), { algorithm: "Ed448", key: systemRandom(57) } as const];
    await store.setRecipientKeys(one, keys);
    await store.setStatus(one, { type: "blocked", info: { reason: "spam", notice: undefined } });
    await store.touch(one, now + 86_400);
    expect(await store.findQueue("recipient", one.recipientId)).toEqual({
      ...one,
      recipientKeys: keys,
      status: { type: "blocked", info: { reason: "spam", notice: undefined } },
      updatedAt: now + 86_400,
    });
  });

  it("keeps the fixed part of link data, and its id until it is deleted", async () => {
    const store = await opened();
    const one = queue();
    const linkId = id();
    await store.createQueue(one, undefined);
    expect(await store.linkData(one)).toBeUndefined();
    expect(await store.setLink(one, linkId, link("first"))).toBe(true);
    expect(await store.setLink(one, linkId, link("second"))).toBe(true);
    expect(await store.setLink(one, linkId, { ...link("x"), fixedData: Uint8Array.of(9) })).toBe(false);
    expect(await store.setLink(one, id(), link("third"))).toBe(false);
    expect(await store.linkData(one)).toEqual(link("second"));
    expect((await store.findQueue("link", linkId))?.recipientId).toEqual(one.recipientId);
    await store.deleteLink(one);
    await store.deleteLink(one);
    expect(await store.linkData(one)).toBeUndefined();
    expect(await store.findQueue("link", linkId)).toBeUndefined();
    expect(await store.setLink(one, linkId, { ...link("x"), fixedData: Uint8Array.of(9) })).toBe(true);
  });

  it("refuses a link id that another queue has", async () => {
    const store = await opened();
    const [one, two, linkId] = [queue(), queue(), id()];
    await store.createQueue(one, undefined);
    await store.createQueue(two, undefined);
    expect(await store.setLink(one, linkId, link("data"))).toBe(true);
    expect(await store.setLink(two, linkId, link("data"))).toBe(false);
  });

  it("replaces a notifier with its waiting notifications", async () => {
    const store = await opened();
    const one = queue();
    const [first, second] = [notifier(), notifier()];
    const notification = { nonce: systemRandom(24), metadata: systemRandom(144), timestamp: now };
    await store.createQueue(one, undefined);
    expect(await store.setNotifier(one, first)).toBe(true);
    await store.addNotification(first.notifierId, notification, 10);
    expect(await store.setNotifier(one, first)).toBe(false);
    expect(await store.setNotifier(one, second)).toBe(true);
    expect(await store.findQueue("notifier", first.notifierId)).toBeUndefined();
    expect((await store.findQueue("notifier", second.notifierId))?.notifier).toEqual(second);
    expect(await store.takeNotifications(first.notifierId)).toEqual([]);
    await store.deleteNotifier(one);
    expect((await store.findQueue("recipient", one.recipientId))?.notifier).toBeUndefined();
  });

  it("keeps the newest notifications up to the limit, until they are taken or old", async () => {
    const store = await opened();
    const notifierId = id();
    const all = [1, 2, 3, 4].map((n) => ({ nonce: id(), metadata: Uint8Array.of(n), timestamp: now + n }));
    for (const one of all) await store.addNotification(notifierId, one, 3);
    expect(await store.expireNotifications(now + 3)).toBe(1);
    expect(await store.takeNotifications(notifierId)).toEqual(all.slice(2));
    expect(await store.takeNotifications(notifierId)).toEqual([]);
  });

  it("gives messages in order, each until it is acknowledged", async () => {
    const store = await opened();
    const one = queue();
    const [first, second] = [message("1"), message("2")];
    await store.createQueue(one, undefined);
    expect(await store.firstMessage(one)).toBeUndefined();
    expect(await store.addMessage(one, first, 8)).toEqual({ type: "stored", wasEmpty: true });
    expect(await store.addMessage(one, second, 8)).toEqual({ type: "stored", wasEmpty: false });
    expect(await store.firstMessage(one)).toEqual(first);
    expect(await store.acknowledge(one, second.id)).toEqual({ deleted: false, next: first });
    expect(await store.acknowledge(one, first.id)).toEqual({ deleted: true, next: second });
    expect(await store.acknowledge(one, second.id)).toEqual({ deleted: true, next: undefined });
    expect(await store.acknowledge(one, second.id)).toEqual({ deleted: false, next: undefined });
    expect(await store.queueSize(one)).toBe(0);
  });

  it("accepts nothing more in a full queue until it is emptied, quota marker and all", async () => {
    const store = await opened();
    const one = queue();
    const [first, second, third] = [message("1"), message("2"), message("3")];
    await store.createQueue(one, undefined);
    await store.addMessage(one, first, 2);
    await store.addMessage(one, second, 2);
    expect(await store.addMessage(one, third, 2)).toEqual({ type: "full" });
    expect(await store.addMessage(one, third, 2)).toEqual({ type: "full" });
    expect(await store.queueSize(one)).toBe(3);
    await store.acknowledge(one, first.id);
    expect(await store.addMessage(one, third, 2)).toEqual({ type: "full" });
    const { next } = await store.acknowledge(one, second.id);
    expect(next).toEqual({ type: "quota", id: third.id, timestamp: third.timestamp });
    expect(await store.addMessage(one, third, 2)).toEqual({ type: "full" });
    expect(await store.acknowledge(one, third.id)).toEqual({ deleted: true, next: undefined });
    expect(await store.addMessage(one, message("4"), 2)).toEqual({ type: "stored", wasEmpty: true });
  });

  it("expires old messages, but not the quota marker", async () => {
    const store = await opened();
    const [one, two] = [queue(), queue()];
    await store.createQueue(one, undefined);
    await store.createQueue(two, undefined);
    await store.addMessage(one, message("old", now), 1);
    await store.addMessage(one, message("over", now), 1);
    await store.addMessage(two, message("old", now), 8);
    await store.addMessage(two, message("old", now), 8);
    const young = message("young", now + 10);
    await store.addMessage(two, young, 8);
    expect(await store.expireQueue(two, now)).toBe(0);
    expect(await store.expireQueue(two, now + 1)).toBe(2);
    expect(await store.firstMessage(two)).toEqual(young);
    expect(await store.expireMessages(now + 1)).toBe(1);
    expect((await store.firstMessage(one))?.type).toBe("quota");
    expect(await store.queueSize(two)).toBe(1);
    expect(await store.expireMessages(now + 11)).toBe(1);
    expect(await store.firstMessage(two)).toBeUndefined();
  });

  it("expires queues that were suspended long ago, and no others", async () => {
    const store = await opened();
    const [old, young, active] = [
      queue({ status: { type: "off" }, updatedAt: now }),
      queue({ status: { type: "off" }, updatedAt: now + 10 }),
      queue({ updatedAt: now }),
    ];
    for (const one of [old, young, active]) await store.createQueue(one, undefined);
    expect(await store.expireSuspendedQueues(now + 5)).toBe(1);
    expect(await store.findQueue("recipient", old.recipientId)).toBeUndefined();
    expect(await store.findQueue("recipient", young.recipientId)).toEqual(young);
    expect(await store.findQueue("recipient", active.recipientId)).toEqual(active);
  });

  it("forgets everything about a deleted queue", async () => {
    const store = await opened();
    const one = queue({ linkId: id(), notifier: notifier() });
    await store.createQueue(one, link("data"));
    await store.addMessage(one, message("1"), 8);
    await store.deleteQueue(one);
    expect(await store.findQueue("recipient", one.recipientId)).toBeUndefined();
    expect(await store.findQueue("sender", one.senderId)).toBeUndefined();
    expect(await store.findQueue("link", one.linkId ?? id())).toBeUndefined();
    expect(await store.findQueue("notifier", one.notifier?.notifierId ?? id())).toBeUndefined();
    expect(await store.counts()).toEqual({ queues: 0, messages: 0, notifications: 0 });
    expect(await store.createQueue(one, link("data"))).toBe(true);
    expect(await store.firstMessage(one)).toBeUndefined();
  });

  it("knows a service by its certificate, in one role, with its notifiers", async () => {
    const store = await opened();
    const [certHash, serviceId] = [systemRandom(32), id()];
    expect(await store.service(certHash, "notifier", serviceId)).toEqual(serviceId);
    expect(await store.service(certHash, "notifier", id())).toEqual(serviceId);
    expect(await store.service(certHash, "messaging", id())).toBeUndefined();
    const one = queue({ notifier: notifier() });
    await store.createQueue(one, undefined);
    expect(await store.serviceNotifiers(serviceId)).toEqual([]);
    await store.setNotifierService(one, serviceId);
    await store.setNotifierService(one, serviceId);
    expect(await store.serviceNotifiers(serviceId)).toEqual([one.notifier?.notifierId]);
    expect((await store.findQueue("recipient", one.recipientId))?.notifier?.serviceId).toEqual(serviceId);
    await store.setNotifierService(one, undefined);
    expect(await store.serviceNotifiers(serviceId)).toEqual([]);
    await store.setNotifierService(one, serviceId);
    await store.deleteNotifier(one);
    expect(await store.serviceNotifiers(serviceId)).toEqual([]);
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
