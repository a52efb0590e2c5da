import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { VirtualClock } from "../core/clock/virtual.ts";
import { generateKeyPair } from "../core/crypto/keys.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { x25519 } from "../core/crypto/x25519.ts";
import { openSqliteStore } from "./store/sqlite/open.ts";
import { SqlitePeers } from "./store/sqlite/sqlite-peers.ts";
import type { QueueStatus, QueueStore } from "./store/store.ts";
import { temporaryFolder } from "./testing/process.ts";
import { createQueue, idOf, sendCommand, type TestQueue, textOf } from "./testing/queue.ts";
import { testRelay } from "./testing/relay.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const auth = { type: "ERR", error: { type: "AUTH" } };
const ok = { type: "OK" };
const info = { reason: "spam", notice: { ttl: 60 } } as const;
const blockedWith = (notice: unknown) => ({
  type: "ERR",
  error: { type: "BLOCKED", reason: "spam", notice },
});
const blocked = blockedWith(info.notice);
const forRecipient = ({ recipientId, recipientKey }: TestQueue) =>
  [recipientId, recipientKey.privateKey] as const;
const forSender = ({ senderId, senderKey }: TestQueue) => [senderId, senderKey.privateKey] as const;

async function setStatus(store: QueueStore, { recipientId }: TestQueue, status: QueueStatus): Promise<void> {
  const queue = await store.findQueue("recipient", recipientId);
  if (queue === undefined) throw new Error("queue is missing");
  await store.setStatus(queue, status);
}

it("a blocked queue answers with the reason, as far as the version knows it", async () => {
  const { relay, connect } = testRelay();
  const [recipient, v17, v11] = [
    await connect(),
    await connect({ version: 17 }),
    await connect({ version: 11 }),
  ];
  const queue = await createQueue(recipient, { secured: true });
  await setStatus(relay.store, queue, { type: "blocked", info });
  expect(await recipient.request({ type: "SUB" }, ...forRecipient(queue))).toEqual(blocked);
  expect(await v17.request(sendCommand("x"), ...forSender(queue))).toEqual(blockedWith(undefined));
  expect(await v11.request(sendCommand("x"), ...forSender(queue))).toEqual(auth);
});

it("the recipient of a blocked queue can delete it, and not lift the block by suspending it", async () => {
  const { relay, connect } = testRelay();
  const recipient = await connect();
  const queue = await createQueue(recipient, { secured: true });
  await setStatus(relay.store, queue, { type: "blocked", info });
  expect(await recipient.request({ type: "OFF" }, ...forRecipient(queue))).toEqual(blocked);
  expect(await recipient.request({ type: "DEL" }, ...forRecipient(queue))).toEqual(ok);
  expect(await relay.store.findQueue("recipient", queue.recipientId)).toBeUndefined();
});

it("the notifications of a blocked queue can be subscribed to, for when it is unblocked", async () => {
  const { relay, connect } = testRelay();
  const [recipient, notifier] = [await connect(), await connect()];
  const key = generateKeyPair("Ed25519", systemRandom);
  const rcvDhKey = x25519.generateKeyPair(systemRandom).publicKey;
  const queue = await createQueue(recipient, { notifier: { authKey: key.publicKey, rcvDhKey } });
  await setStatus(relay.store, queue, { type: "blocked", info });
  const notifierId = queue.ids.notifier?.notifierId ?? new Uint8Array(0);
  const reply = await notifier.request({ type: "NSUB" }, notifierId, key.privateKey);
  expect(reply.type).toBe("SOK");
});

/** A relay on an SQLite file, and what a command of the operator does to that file. */
function relayOnFile() {
  const { path, remove } = temporaryFolder();
  const [store, other] = [openSqliteStore(join(path, "relay.db")), openSqliteStore(join(path, "relay.db"))];
  const clock = new VirtualClock(Date.UTC(2026, 0, 15));
  const peers = new SqlitePeers(store, clock);
  cleanups.push(
    remove,
    () => store.close(),
    () => other.close(),
    () => peers.close(),
  );
  return {
    ...testRelay({ store, clock, peers }),
    clock,
    async operate(queue: TestQueue, status: QueueStatus) {
      await setStatus(other, queue, status);
      await new SqlitePeers(other, clock).tell("queue", queue.recipientId, "status");
      await other.durable();
      await clock.advance(1000);
    },
  };
}

it("the subscriber of a queue is told when another process blocks it, stays, and gets what waits after", async () => {
  const { connect, operate, clock } = relayOnFile();
  const [recipient, sender, fetcher] = [await connect(), await connect(), await connect()];
  const queue = await createQueue(recipient, { secured: true });
  const untouched = await createQueue(recipient, { secured: true });
  expect(await sender.request(sendCommand("one"), ...forSender(queue))).toEqual(ok);
  expect(await sender.request(sendCommand("two"), ...forSender(queue))).toEqual(ok);
  const { message: first } = await recipient.event();
  expect((await fetcher.request({ type: "GET" }, ...forRecipient(queue))).type).toBe("MSG");
  await operate(queue, { type: "blocked", info });
  const { entityId, message } = await recipient.event();
  expect(entityId).toEqual(queue.recipientId);
  expect(message).toEqual(blocked);
  const ack = { type: "ACK", messageId: idOf(first) } as const;
  expect(await recipient.request(ack, ...forRecipient(queue))).toEqual(blocked);
  await operate(queue, { type: "active" });
  // It is told once, and nobody else is.
  await clock.advance(10_000);
  const next = await recipient.request(ack, ...forRecipient(queue));
  expect(textOf(queue, next)).toBe("two");
  expect(await sender.request(sendCommand("other"), ...forSender(untouched))).toEqual(ok);
  expect(textOf(untouched, (await recipient.event()).message)).toBe("other");
  expect(fetcher.waiting).toBe(0);
});

it("a message that waits for a slow connection is not delivered while the queue is blocked, but after", async () => {
  const { relay, connect, operate } = relayOnFile();
  const [recipient, sender] = [await connect(), await connect()];
  const queue = await createQueue(recipient, { secured: true, subscribeMode: "only-create" });
  expect(await sender.request(sendCommand("waits"), ...forSender(queue))).toEqual(ok);
  const [session] = relay.sessions;
  if (session === undefined) throw new Error("recipient has no session");
  const subscription = await relay.subscriptions.subscribe(session, queue.recipientId);
  await operate(queue, { type: "blocked", info });
  expect((await recipient.event()).message).toEqual(blocked);
  await relay.subscriptions.pushFirst(session, queue.recipientId, subscription);
  expect(await recipient.request({ type: "PING" })).toEqual({ type: "PONG" });
  await operate(queue, { type: "active" });
  expect(textOf(queue, (await recipient.event()).message)).toBe("waits");
});
