import { describe, expect, it, vi } from "vitest";
import { generateKeyPair } from "../core/crypto/keys.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { x25519 } from "../core/crypto/x25519.ts";
import { openNotification } from "../core/smp/notification.ts";
import { expire } from "./maintenance.ts";
import { MemoryStore } from "./store/memory/memory-store.ts";
import type { TestClient } from "./testing/client.ts";
import { deliver, enable } from "./testing/notifier.ts";
import { createQueue } from "./testing/queue.ts";
import { type TestRelay, testRelay } from "./testing/relay.ts";

const ok = { type: "OK" };
const alone = { type: "SOK", serviceId: undefined };

async function connections({ connect }: TestRelay, count: number): Promise<readonly TestClient[]> {
  return Promise.all(Array.from({ length: count }, () => connect()));
}

describe("notifications", () => {
  it("tell the subscribed notifier of each flagged message, encrypted for the recipient", async () => {
    const [recipient, sender, notifier, other] = await connections(testRelay(), 4);
    if (!recipient || !sender || !notifier || !other) throw new Error("clients are missing");
    const queue = await createQueue(recipient, { secured: true });
    const first = await enable(recipient, queue);
    const { id, key, secret } = await enable(recipient, queue);
    expect(id).not.toEqual(first.id);
    expect(await notifier.request({ type: "NSUB" }, id, key.privateKey)).toEqual(alone);
    const messageId = await deliver(recipient, sender, queue);
    const { entityId, message } = await notifier.event();
    if (message.type !== "NMSG") throw new Error("notification is missing");
    expect(entityId).toEqual(id);
    expect(openNotification(secret, message.nonce, message.encryptedMeta).messageId).toEqual(messageId);

    expect(await other.request({ type: "NSUB" }, id, key.privateKey)).toEqual(alone);
    expect(await notifier.event()).toMatchObject({ entityId: id, message: { type: "END" } });
    await deliver(recipient, sender, queue);
    expect((await other.event()).message.type).toBe("NMSG");
    expect(notifier.waiting).toBe(0);

    const forRecipient = [queue.recipientId, queue.recipientKey.privateKey] as const;
    expect(await recipient.request({ type: "NDEL" }, ...forRecipient)).toEqual(ok);
    expect(await other.event()).toMatchObject({ entityId: id, message: { type: "DELD" } });
    await deliver(recipient, sender, queue);
    expect(await other.request({ type: "PING" })).toEqual({ type: "PONG" });
  });

  it("wait for a notifier that comes later", async () => {
    const test = testRelay();
    const [recipient, sender, notifier] = await connections(test, 3);
    if (!recipient || !sender || !notifier) throw new Error("clients are missing");
    const queue = await createQueue(recipient, { secured: true });
    const { id, key } = await enable(recipient, queue);
    await deliver(recipient, sender, queue);
    const received = await notifier.exchange({
      command: { type: "NSUB" },
      entityId: id,
      key: key.privateKey,
    });
    expect([...received, ...(await notifier.receive())].map(({ message }) => message.type).sort()).toEqual([
      "NMSG",
      "SOK",
    ]);
  });

  it("are deleted when they are too old", async () => {
    const test = testRelay({ limits: { notificationTtlSeconds: 3600 } });
    const [recipient, sender, notifier] = await connections(test, 3);
    if (!recipient || !sender || !notifier) throw new Error("clients are missing");
    const queue = await createQueue(recipient, { secured: true });
    const { id, key, secret } = await enable(recipient, queue);
    await deliver(recipient, sender, queue);
    await test.clock.advance(1_800_000);
    const second = await deliver(recipient, sender, queue);
    await test.clock.advance(1_801_000);
    await expire(test.relay);
    notifier.send({ command: { type: "NSUB" }, entityId: id, key: key.privateKey });
    const { message } = await notifier.event();
    if (message.type !== "NMSG") throw new Error("notification is missing");
    expect(openNotification(secret, message.nonce, message.encryptedMeta).messageId).toEqual(second);
    expect(test.relay.stats.get("notificationsExpired")).toBe(1);
  });

  it("wait when the notifier's connection ended while it subscribed", async () => {
    const store = new MemoryStore();
    const test = testRelay({ store });
    const [recipient, sender] = await connections(test, 2);
    if (!recipient || !sender) throw new Error("clients are missing");
    const queue = await createQueue(recipient, { secured: true });
    const { id, key } = await enable(recipient, queue);
    const subscribe = { command: { type: "NSUB" }, entityId: id, key: key.privateKey } as const;
    const leaving = await test.connect();
    const find = store.findQueue.bind(store);
    vi.spyOn(store, "findQueue").mockImplementationOnce((...args) => {
      [...test.relay.sessions].at(-1)?.close();
      return find(...args);
    });
    const subscribed = vi.spyOn(test.relay.subscriptions, "subscribeNotifier");
    leaving.send(subscribe);
    await expect.poll(() => subscribed).toHaveBeenCalled();
    await expect.poll(() => test.relay.subscriptions.counts.notifiers).toBe(0);
    await deliver(recipient, sender, queue);
    expect(await test.relay.store.counts()).toMatchObject({ notifications: 1 });
  });

  it("are set up with the queue when NEW asks", async () => {
    const [recipient, notifier] = await connections(testRelay(), 2);
    if (!recipient || !notifier) throw new Error("clients are missing");
    const key = generateKeyPair("Ed25519", systemRandom);
    const dh = x25519.generateKeyPair(systemRandom);
    const queue = await createQueue(recipient, {
      notifier: { authKey: key.publicKey, rcvDhKey: dh.publicKey },
    });
    const id = queue.ids.notifier?.notifierId ?? new Uint8Array(24);
    expect(await notifier.request({ type: "NSUB" }, id, key.privateKey)).toEqual(alone);
    expect(
      await recipient.request({ type: "DEL" }, queue.recipientId, queue.recipientKey.privateKey),
    ).toEqual(ok);
    expect(await notifier.event()).toMatchObject({ entityId: id, message: { type: "DELD" } });
  });
});
