import { describe, expect, it, vi } from "vitest";
import { certificateFingerprint, parseCertificate, signPublicKey } from "../core/crypto/certificate.ts";
import { type AlgorithmKeyPair, generateKeyPair } from "../core/crypto/keys.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { x25519 } from "../core/crypto/x25519.ts";
import type { ServiceRole } from "../core/smp/handshake.ts";
import type { AuthAlgorithm } from "../core/smp/keys.ts";
import { openNotification } from "../core/smp/notification.ts";
import type { TestClient } from "./testing/client.ts";
import { testIdentity } from "./testing/identity.ts";
import { createQueue, idOf, sendCommand, type TestQueue } from "./testing/queue.ts";
import { type TestRelay, testRelay } from "./testing/relay.ts";

const ok = { type: "OK" };
const alone = { type: "SOK", serviceId: undefined };
const serviceError = { type: "ERR", error: { type: "SERVICE" } };

/** Turns notifications of a queue on; with the keys of the notifier and the secret of the recipient. */
async function enable(recipient: TestClient, { recipientId, recipientKey }: TestQueue) {
  const key = generateKeyPair("Ed25519", systemRandom);
  const dh = x25519.generateKeyPair(systemRandom);
  const command = { type: "NKEY", authKey: key.publicKey, rcvDhKey: dh.publicKey } as const;
  const reply = await recipient.request(command, recipientId, recipientKey.privateKey);
  if (reply.type !== "NID") throw new Error("notifications are not enabled");
  return { id: reply.notifierId, key, secret: x25519.sharedSecret(dh.privateKey, reply.rcvDhKey) };
}

/** Sends a message with the notification flag, and has it acknowledged. */
async function deliver(recipient: TestClient, sender: TestClient, queue: TestQueue): Promise<Uint8Array> {
  const { senderId, senderKey, recipientId, recipientKey } = queue;
  expect(await sender.request(sendCommand("wake", true), senderId, senderKey.privateKey)).toEqual(ok);
  const messageId = idOf((await recipient.event()).message);
  await recipient.request({ type: "ACK", messageId }, recipientId, recipientKey.privateKey);
  return messageId;
}

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

  it("wait for a notifier that comes later, until they are too old", async () => {
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

const service = testIdentity();

async function serviceClient({ connect }: TestRelay, role: ServiceRole = "notifier") {
  const credentials = service;
  const sessionKey = generateKeyPair("Ed25519", systemRandom);
  const [, authority] = credentials.certificateChain;
  const client = await connect(
    {
      service: {
        offer: {
          role,
          signedKey: {
            certificateChain: credentials.certificateChain,
            signedKey: signPublicKey(credentials.privateKey, sessionKey.publicKey),
          },
        },
        session: {
          certificateHash: certificateFingerprint(parseCertificate(authority ?? new Uint8Array(0))),
          privateKey: sessionKey.privateKey.key,
        },
      },
    },
    { clientChain: credentials.certificateChain },
  );
  return { client, sessionKey, serviceId: client.serviceId ?? new Uint8Array(0) };
}

describe("a notification service", () => {
  const nsub = (entityId: Uint8Array, key: AlgorithmKeyPair<AuthAlgorithm>) =>
    ({ command: { type: "NSUB" }, entityId, key: key.privateKey, asService: true }) as const;

  it("receives for all its notifiers over the connection that came last", async () => {
    const test = testRelay();
    const [recipient, sender] = await connections(test, 2);
    if (!recipient || !sender) throw new Error("clients are missing");
    const queue = await createQueue(recipient, { secured: true });
    const { id, key } = await enable(recipient, queue);
    const [one, two] = [await serviceClient(test), await serviceClient(test)];
    const belongs = { type: "SOK", serviceId: one.serviceId };
    expect(two.serviceId).toEqual(one.serviceId);
    expect(await one.client.request({ type: "NSUB" }, id, key.privateKey)).toEqual(serviceError);
    for (let time = 0; time < 2; time++) {
      expect((await one.client.exchange(nsub(id, key)))[0]?.message).toEqual(belongs);
    }
    await deliver(recipient, sender, queue);
    expect((await one.client.event()).message.type).toBe("NMSG");

    expect((await two.client.exchange(nsub(id, key)))[0]?.message).toEqual(belongs);
    expect(await one.client.event()).toMatchObject({
      entityId: one.serviceId,
      message: { type: "ENDS", count: 1 },
    });
    await deliver(recipient, sender, queue);
    expect((await two.client.event()).message.type).toBe("NMSG");

    const second = await createQueue(recipient, { secured: true });
    const credentials = await enable(recipient, second);
    expect((await two.client.exchange(nsub(credentials.id, credentials.key)))[0]?.message).toEqual(belongs);
    const all = {
      command: { type: "NSUBS" },
      entityId: one.serviceId,
      key: one.sessionKey.privateKey,
    } as const;
    expect((await one.client.exchange(all))[0]?.message).toEqual({ type: "SOKS", count: 2 });
    expect((await two.client.event()).message).toEqual({ type: "ENDS", count: 2 });
    for (const each of [queue, second]) {
      await deliver(recipient, sender, each);
      expect((await one.client.event()).message.type).toBe("NMSG");
    }
    const remove = { type: "NDEL" } as const;
    await recipient.request(remove, queue.recipientId, queue.recipientKey.privateKey);
    expect(await one.client.event()).toMatchObject({ entityId: id, message: { type: "DELD" } });
    expect(two.client.waiting).toBe(0);
  });

  it("is of no instance any more when its connection has ended", async () => {
    const owned = new Set<string>();
    const test = testRelay({
      peers: {
        claim: async (topic) => void owned.add(topic),
        release: (topic) => void owned.delete(topic),
        tell: async () => undefined,
        listen: () => undefined,
        close: async () => undefined,
      },
    });
    const { client, serviceId, sessionKey } = await serviceClient(test);
    const all = { type: "NSUBS" } as const;
    expect((await client.request(all, serviceId, sessionKey.privateKey)).type).toBe("SOKS");
    expect([...owned]).toEqual(["service"]);
    client.close();
    await vi.waitFor(() => expect([...owned]).toEqual([]));
  });

  it("may only do what its role is for, and only it may subscribe as itself", async () => {
    const test = testRelay();
    const [plain] = await connections(test, 1);
    const { client, serviceId } = await serviceClient(test);
    if (!plain) throw new Error("client is missing");
    const key = generateKeyPair("Ed25519", systemRandom);
    const all = { type: "NSUBS" } as const;
    expect(await client.request(all, serviceId, key.privateKey)).toEqual(serviceError);
    expect(await plain.request(all, serviceId, key.privateKey)).toEqual(serviceError);
    const queue = await createQueue(plain, { secured: true });
    expect(await client.request({ type: "SUB" }, queue.recipientId, queue.recipientKey.privateKey)).toEqual({
      type: "ERR",
      error: { type: "CMD", error: "PROHIBITED" },
    });
  });
});

describe("a service that receives", () => {
  it("takes all its queues over with one command, and the connection before is told once", async () => {
    const test = testRelay();
    const [sender] = await connections(test, 1);
    if (!sender) throw new Error("client is missing");
    const one = await serviceClient(test, "messaging");
    const queues: TestQueue[] = [];
    for (let i = 0; i < 3; i++) queues.push(await createQueue(one.client, { asService: true }));
    for (const queue of queues) {
      expect(queue.ids.serviceId).toEqual(one.serviceId);
      expect(await sender.request(sendCommand("hello"), queue.senderId)).toEqual(ok);
      expect((await one.client.event()).message.type).toBe("MSG");
    }
    const two = await serviceClient(test, "messaging");
    const all = { type: "SUBS" } as const;
    const subscribed = await two.client.request(all, two.serviceId, two.sessionKey.privateKey);
    expect(subscribed).toEqual({ type: "SOKS", count: 3 });
    expect(await one.client.event()).toMatchObject({
      entityId: one.serviceId,
      message: { type: "ENDS", count: 3 },
    });
    for (let i = 0; i < 3; i++) expect((await two.client.event()).message.type).toBe("MSG");
    expect(one.client.waiting).toBe(0);
  });

  it("loses a queue that is subscribed to without it", async () => {
    const test = testRelay();
    const [recipient] = await connections(test, 1);
    if (!recipient) throw new Error("client is missing");
    const { client, serviceId, sessionKey } = await serviceClient(test, "messaging");
    const queue = await createQueue(client, { asService: true });
    const subscribe = { type: "SUB" } as const;
    expect(await recipient.request(subscribe, queue.recipientId, queue.recipientKey.privateKey)).toEqual(
      alone,
    );
    expect((await client.event()).message.type).toBe("END");
    const all = { type: "SUBS" } as const;
    expect(await client.request(all, serviceId, sessionKey.privateKey)).toEqual({ type: "SOKS", count: 0 });
  });
});
