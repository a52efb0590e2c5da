import { describe, expect, it } from "vitest";
import { generateKeyPair } from "../core/crypto/keys.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { senderIdFromCorrelationId } from "../core/smp/sender-id.ts";
import type { TestClient } from "./testing/client.ts";
import { createQueue, idOf, newCommand, sendCommand, type TestQueue, textOf } from "./testing/queue.ts";
import { testRelay } from "./testing/relay.ts";

const auth = { type: "ERR", error: { type: "AUTH" } };
const noMessage = { type: "ERR", error: { type: "NO_MSG" } };
const prohibited = { type: "ERR", error: { type: "CMD", error: "PROHIBITED" } };
const quota = { type: "ERR", error: { type: "QUOTA" } };
const ok = { type: "OK" };
const subscribed = { type: "SOK", serviceId: undefined };

const forRecipient = ({ recipientId, recipientKey }: TestQueue) =>
  [recipientId, recipientKey.privateKey] as const;
const forSender = ({ senderId, senderKey }: TestQueue) => [senderId, senderKey.privateKey] as const;
const anotherKey = () => generateKeyPair("Ed25519", systemRandom);

async function connectTwo(): Promise<readonly [TestClient, TestClient]> {
  const { connect } = testRelay();
  return [await connect(), await connect()];
}

describe.each(["Ed25519", "Ed448", "X25519"] as const)("a queue with %s keys", (algorithm) => {
  it("carries messages from its sender, each until it is acknowledged", async () => {
    const [recipient, sender] = await connectTwo();
    const queue = await createQueue(recipient, { algorithm, secured: true });
    const [first, second] = [sendCommand("first"), sendCommand("second")];
    expect(await sender.request(first, ...forSender(queue))).toEqual(ok);
    expect(await sender.request(second, ...forSender(queue))).toEqual(ok);
    const { entityId, message } = await recipient.event();
    expect(entityId).toEqual(queue.recipientId);
    expect(textOf(queue, message)).toBe("first");
    const next = await recipient.request({ type: "ACK", messageId: idOf(message) }, ...forRecipient(queue));
    expect(textOf(queue, next)).toBe("second");
    expect(await recipient.request({ type: "ACK", messageId: idOf(next) }, ...forRecipient(queue))).toEqual(
      ok,
    );
    expect(await recipient.request({ type: "ACK", messageId: idOf(next) }, ...forRecipient(queue))).toEqual(
      noMessage,
    );
  });

  it("refuses every other key, with one error for all", async () => {
    const [recipient, sender] = await connectTwo();
    const queue = await createQueue(recipient, { algorithm, secured: true });
    for (const other of ["Ed25519", "Ed448", "X25519"] as const) {
      const { privateKey } = generateKeyPair(other, systemRandom);
      expect(await sender.request(sendCommand("x"), queue.senderId, privateKey)).toEqual(auth);
      expect(await sender.request({ type: "SUB" }, queue.recipientId, privateKey)).toEqual(auth);
      expect(await sender.request({ type: "SUB" }, systemRandom(24), privateKey)).toEqual(auth);
    }
    expect(await sender.request(sendCommand("unsigned"), queue.senderId)).toEqual(auth);
    expect(await sender.request(sendCommand("x"), queue.recipientId, queue.recipientKey.privateKey)).toEqual(
      auth,
    );
    expect(await sender.request({ type: "SUB" }, queue.senderId, queue.recipientKey.privateKey)).toEqual(
      auth,
    );
  });
});

describe("a key of low order, with which everybody would share the secret", () => {
  const rcvDhKey = new Uint8Array(32);

  it("is refused in NEW and NKEY as the client's fault", async () => {
    const { connect, errors } = testRelay();
    const client = await connect();
    const crypto = { type: "ERR", error: { type: "CRYPTO" } };
    const { publicKey: authKey } = generateKeyPair("Ed25519", systemRandom);
    const notifier = { authKey, rcvDhKey };
    for (const bad of [{ rcvDhKey }, { notifier }]) {
      const { command, recipientKey } = newCommand(bad);
      expect(await client.request(command, undefined, recipientKey.privateKey)).toEqual(crypto);
    }
    const queue = await createQueue(client);
    expect(await client.request({ type: "NKEY", ...notifier }, ...forRecipient(queue))).toEqual(crypto);
    expect(errors).toEqual([]);
  });
});

describe("NEW", () => {
  it("is refused when new queues are off, or the password is another", async () => {
    const { command, recipientKey } = newCommand();
    const off = await testRelay({ newQueues: false }).connect();
    expect(await off.request(command, undefined, recipientKey.privateKey)).toEqual(auth);
    const password = new TextEncoder().encode("open");
    const closed = await testRelay({ password }).connect();
    expect(await closed.request(command, undefined, recipientKey.privateKey)).toEqual(auth);
    const wrong = { ...command, basicAuth: new TextEncoder().encode("oper") };
    expect(await closed.request(wrong, undefined, recipientKey.privateKey)).toEqual(auth);
    const right = { ...command, basicAuth: password };
    expect((await closed.request(right, undefined, recipientKey.privateKey)).type).toBe("IDS");
  });

  it("has to be signed with the key that it brings", async () => {
    const client = await testRelay().connect();
    const { command } = newCommand();
    expect(await client.request(command, undefined, anotherKey().privateKey)).toEqual(auth);
  });

  it("takes a sender id only if it comes of the correlation id, and only once", async () => {
    const client = await testRelay().connect();
    const correlationId = systemRandom(24);
    const linkData = { fixedData: Uint8Array.of(1), userData: Uint8Array.of(2) };
    const request = {
      type: "messaging",
      link: { senderId: senderIdFromCorrelationId(correlationId), linkData },
    } as const;
    const { command, recipientKey } = newCommand({ request });
    expect(await client.request(command, undefined, recipientKey.privateKey)).toEqual(prohibited);
    const queue = await createQueue(client, { request, correlationId });
    expect(queue.senderId).toEqual(request.link.senderId);
    expect(queue.ids.linkId).toHaveLength(24);
    const [again] = await client.exchange({ command, key: recipientKey.privateKey, correlationId });
    expect(again?.message).toEqual(auth);
  });

  it("does not subscribe when it says so", async () => {
    const [recipient, sender] = await connectTwo();
    const queue = await createQueue(recipient, { subscribeMode: "only-create", secured: true });
    await sender.request(sendCommand("waits"), ...forSender(queue));
    const received = await recipient.exchange({
      command: { type: "SUB" },
      entityId: queue.recipientId,
      key: queue.recipientKey.privateKey,
    });
    expect(received.map(({ message }) => message.type)).toEqual(["SOK", "MSG"]);
  });

  it("is refused beyond the rate of its address", async () => {
    const { connect, clock } = testRelay({ limits: { newQueuesPerMinute: 60, newQueuesBurst: 2 } });
    const [first, second] = [await connect(), await connect()];
    await createQueue(first);
    await createQueue(second);
    const { command, recipientKey } = newCommand();
    expect(await first.request(command, undefined, recipientKey.privateKey)).toEqual(quota);
    await clock.advance(1000);
    expect((await second.request(command, undefined, recipientKey.privateKey)).type).toBe("IDS");
  });
});

describe("securing a queue", () => {
  it("takes one sender's key, from recipient or sender, and the same again", async () => {
    const [recipient, sender] = await connectTwo();
    const queue = await createQueue(recipient);
    const [own, other] = [queue.senderKey, anotherKey()];
    expect(await sender.request(sendCommand("unsigned"), queue.senderId)).toEqual(ok);
    await recipient.event();
    expect(await sender.request(sendCommand("signed"), ...forSender(queue))).toEqual(auth);
    const wrong = { type: "SKEY", key: own.publicKey } as const;
    expect(await sender.request(wrong, queue.senderId, other.privateKey)).toEqual(auth);
    expect(await sender.request(wrong, queue.senderId, own.privateKey)).toEqual(ok);
    expect(await sender.request(wrong, queue.senderId, own.privateKey)).toEqual(ok);
    const another = { type: "SKEY", key: other.publicKey } as const;
    expect(await sender.request(another, queue.senderId, other.privateKey)).toEqual(auth);
    expect(await recipient.request({ type: "KEY", key: own.publicKey }, ...forRecipient(queue))).toEqual(ok);
    expect(await recipient.request({ type: "KEY", key: other.publicKey }, ...forRecipient(queue))).toEqual(
      auth,
    );
    expect(await sender.request(sendCommand("unsigned"), queue.senderId)).toEqual(auth);
  });

  it("is not the sender's in a contact queue", async () => {
    const [recipient, sender] = await connectTwo();
    const queue = await createQueue(recipient, { request: { type: "contact", link: undefined } });
    const key = queue.senderKey;
    expect(
      await sender.request({ type: "SKEY", key: key.publicKey }, queue.senderId, key.privateKey),
    ).toEqual(auth);
  });

  it("leaves a contact queue to all the recipients' keys that RKEY sets", async () => {
    const client = await testRelay().connect();
    const queue = await createQueue(client, { request: { type: "contact", link: undefined } });
    const [old, added] = [queue.recipientKey, anotherKey()];
    const both = { type: "RKEY", keys: [old.publicKey, added.publicKey] } as const;
    expect(await client.request(both, queue.recipientId, old.privateKey)).toEqual(ok);
    expect((await client.request({ type: "QUE" }, queue.recipientId, old.privateKey)).type).toBe("INFO");
    const one = { type: "RKEY", keys: [added.publicKey] } as const;
    expect(await client.request(one, queue.recipientId, added.privateKey)).toEqual(ok);
    expect(await client.request({ type: "QUE" }, queue.recipientId, old.privateKey)).toEqual(auth);
    const messaging = await createQueue(client);
    expect(await client.request(both, ...forRecipient(messaging))).toEqual(auth);
  });
});

describe("subscriptions", () => {
  it("move to the connection that subscribes last; the other gets END", async () => {
    const { connect } = testRelay();
    const [first, second, sender] = [await connect(), await connect(), await connect()];
    const queue = await createQueue(first, { secured: true });
    await sender.request(sendCommand("one"), ...forSender(queue));
    const delivered = await first.event();
    const [reply, again] = await second.exchange({
      command: { type: "SUB" },
      entityId: queue.recipientId,
      key: queue.recipientKey.privateKey,
    });
    expect(reply?.message).toEqual(subscribed);
    expect(again?.message).toEqual(delivered.message);
    expect(await first.event()).toMatchObject({ entityId: queue.recipientId, message: { type: "END" } });
    const messageId = idOf(delivered.message);
    expect(await first.request({ type: "ACK", messageId }, ...forRecipient(queue))).toEqual(noMessage);
    expect(await second.request({ type: "ACK", messageId }, ...forRecipient(queue))).toEqual(ok);
    await sender.request(sendCommand("two"), ...forSender(queue));
    expect(textOf(queue, (await second.event()).message)).toBe("two");
    expect(await first.request({ type: "DEL" }, ...forRecipient(queue))).toEqual(ok);
    expect(await second.event()).toMatchObject({ entityId: queue.recipientId, message: { type: "DELD" } });
    expect(first.waiting).toBe(0);
  });

  it("end with their connection, and the message stays", async () => {
    const { connect } = testRelay();
    const [first, second, sender] = [await connect(), await connect(), await connect()];
    const queue = await createQueue(first, { secured: true });
    first.close();
    await sender.request({ type: "PING" });
    expect(await sender.request(sendCommand("kept"), ...forSender(queue))).toEqual(ok);
    const received = await second.exchange({
      command: { type: "SUB" },
      entityId: queue.recipientId,
      key: queue.recipientKey.privateKey,
    });
    expect(textOf(queue, received[1]?.message)).toBe("kept");
  });

  it("deliver again what was not acknowledged when asked again", async () => {
    const [recipient, sender] = await connectTwo();
    const queue = await createQueue(recipient, { secured: true });
    await sender.request(sendCommand("one"), ...forSender(queue));
    const { message } = await recipient.event();
    const again = await recipient.exchange({
      command: { type: "SUB" },
      entityId: queue.recipientId,
      key: queue.recipientKey.privateKey,
    });
    expect(again.map((one) => one.message)).toEqual([subscribed, message]);
  });

  it("are answered first and delivered after, when there are many in a block", async () => {
    const { connect } = testRelay();
    const [recipient, sender, later] = [await connect(), await connect(), await connect()];
    const queues: TestQueue[] = [];
    for (let i = 0; i < 6; i++) queues.push(await createQueue(recipient, { secured: true }));
    for (const queue of queues) await sender.request(sendCommand("hello"), ...forSender(queue));
    later.send(
      ...queues.map(({ recipientId, recipientKey }) => ({
        command: { type: "SUB" } as const,
        entityId: recipientId,
        key: recipientKey.privateKey,
      })),
    );
    expect((await later.receive()).map(({ message }) => message)).toEqual(queues.map(() => subscribed));
    for (const queue of queues) {
      const { entityId, message } = await later.event();
      expect(entityId).toEqual(queue.recipientId);
      expect(textOf(queue, message)).toBe("hello");
    }
  });

  it("deliver to the sender's own connection before the reply, each in its own block", async () => {
    const client = await testRelay().connect();
    const queue = await createQueue(client, { secured: true });
    client.send({ command: sendCommand("me"), entityId: queue.senderId, key: queue.senderKey.privateKey });
    expect(textOf(queue, (await client.event()).message)).toBe("me");
    expect((await client.receive()).map(({ message }) => message)).toEqual([ok]);
  });
});

describe("GET", () => {
  it("gives messages beside a subscription, and only one acknowledgement counts", async () => {
    const { connect } = testRelay();
    const [subscriber, getter, sender] = [await connect(), await connect(), await connect()];
    const queue = await createQueue(subscriber, { secured: true });
    const mine = forRecipient(queue);
    const ack = (messageId: Uint8Array) => ({ type: "ACK", messageId }) as const;
    for (const text of ["1", "2", "3", "4"]) await sender.request(sendCommand(text), ...forSender(queue));
    const first = (await subscriber.event()).message;
    expect(await getter.request({ type: "GET" }, ...mine)).toEqual(first);
    expect(await subscriber.request({ type: "GET" }, ...mine)).toEqual(prohibited);
    expect(await getter.request({ type: "SUB" }, ...mine)).toEqual(prohibited);
    const second = await subscriber.request(ack(idOf(first)), ...mine);
    expect(textOf(queue, second)).toBe("2");
    expect(await getter.request(ack(systemRandom(24)), ...mine)).toEqual(noMessage);
    expect(await getter.request(ack(idOf(first)), ...mine)).toEqual(ok);
    expect(await getter.request({ type: "GET" }, ...mine)).toEqual(second);
    expect(await getter.request(ack(idOf(second)), ...mine)).toEqual(ok);
    const third = await getter.request({ type: "GET" }, ...mine);
    expect(textOf(queue, third)).toBe("3");
    expect(await subscriber.request(ack(idOf(second)), ...mine)).toEqual(third);
    const fourth = await subscriber.request(ack(idOf(third)), ...mine);
    expect(textOf(queue, fourth)).toBe("4");
    expect(await subscriber.request(ack(idOf(fourth)), ...mine)).toEqual(ok);
    expect(await getter.request({ type: "GET" }, ...mine)).toEqual(ok);
  });
});

describe("the quota of a queue", () => {
  it("stops the sender until the recipient has taken everything, the marker too", async () => {
    const { connect } = testRelay({ limits: { queueQuota: 2 } });
    const [recipient, sender] = [await connect(), await connect()];
    const queue = await createQueue(recipient, { secured: true });
    const sendOne = (text: string) => sender.request(sendCommand(text), ...forSender(queue));
    const ack = (messageId: Uint8Array) =>
      recipient.request({ type: "ACK", messageId }, ...forRecipient(queue));
    expect([await sendOne("1"), await sendOne("2"), await sendOne("3")]).toEqual([ok, ok, quota]);
    const second = await ack(idOf((await recipient.event()).message));
    expect(await sendOne("3")).toEqual(quota);
    const marker = await ack(idOf(second));
    expect(textOf(queue, marker)).toBe("QUOTA");
    expect(await sendOne("3")).toEqual(quota);
    expect(await ack(idOf(marker))).toEqual(ok);
    expect(await sendOne("3")).toEqual(ok);
    expect(textOf(queue, (await recipient.event()).message)).toBe("3");
  });
});

describe("SEND", () => {
  it.each([
    [18, 16_048],
    [10, 16_064],
    [7, 16_088],
  ])("takes, in version %d, %d bytes and no more", async (version, length) => {
    const { connect } = testRelay();
    const [recipient, sender] = [await connect({ version }), await connect({ version })];
    const queue = await createQueue(recipient, { secured: true });
    expect(await sender.request(sendCommand(new Uint8Array(length)), ...forSender(queue))).toEqual(ok);
    expect(textOf(queue, (await recipient.event()).message)).toHaveLength(length);
    const large = sendCommand(new Uint8Array(length + 1));
    expect(await sender.request(large, ...forSender(queue))).toEqual({
      type: "ERR",
      error: { type: "LARGE_MSG" },
    });
  });

  it("expires the old messages of its queue when the relay is set so", async () => {
    const { connect, clock } = testRelay({ expireOnSend: true, limits: { messageTtlSeconds: 10 } });
    const [recipient, sender, later] = [await connect(), await connect(), await connect()];
    const queue = await createQueue(recipient, { secured: true, subscribeMode: "only-create" });
    await sender.request(sendCommand("old"), ...forSender(queue));
    await clock.advance(11_000);
    await sender.request(sendCommand("young"), ...forSender(queue));
    const received = await later.exchange({
      command: { type: "SUB" },
      entityId: queue.recipientId,
      key: queue.recipientKey.privateKey,
    });
    expect(textOf(queue, received[1]?.message)).toBe("young");
  });
});

describe("a queue's end", () => {
  it("OFF keeps the messages and takes no more", async () => {
    const [recipient, sender] = await connectTwo();
    const queue = await createQueue(recipient, { secured: true });
    await sender.request(sendCommand("before"), ...forSender(queue));
    await recipient.event();
    expect(await recipient.request({ type: "OFF" }, ...forRecipient(queue))).toEqual(ok);
    expect(await recipient.request({ type: "OFF" }, ...forRecipient(queue))).toEqual(ok);
    expect(await sender.request(sendCommand("after"), ...forSender(queue))).toEqual(auth);
    const received = await recipient.exchange({
      command: { type: "SUB" },
      entityId: queue.recipientId,
      key: queue.recipientKey.privateKey,
    });
    expect(textOf(queue, received[1]?.message)).toBe("before");
  });

  it("DEL deletes all of it; afterwards it is as if it had never been", async () => {
    const [recipient, sender] = await connectTwo();
    const queue = await createQueue(recipient, { secured: true });
    await sender.request(sendCommand("gone"), ...forSender(queue));
    await recipient.event();
    expect(await recipient.request({ type: "DEL" }, ...forRecipient(queue))).toEqual(ok);
    expect(await sender.request(sendCommand("x"), ...forSender(queue))).toEqual(auth);
    for (const type of ["SUB", "OFF", "DEL", "GET"] as const) {
      expect(await recipient.request({ type }, ...forRecipient(queue))).toEqual(auth);
    }
  });
});

describe("QUE", () => {
  it("tells how the queue is", async () => {
    const [recipient, sender] = await connectTwo();
    const queue = await createQueue(recipient, { secured: true });
    await sender.request(sendCommand("one"), ...forSender(queue));
    await recipient.event();
    const info = await recipient.request({ type: "QUE" }, ...forRecipient(queue));
    expect(info).toMatchObject({
      type: "INFO",
      info: { hasSenderKey: true, hasNotifier: false, size: 1, subscription: { state: "noSub" } },
    });
  });
});

describe("proper form", () => {
  it("is asked of ids and authorizations before anything else", async () => {
    const client = await testRelay().connect();
    const { privateKey } = anotherKey();
    const error = (code: string) => ({ type: "ERR", error: { type: "CMD", error: code } });
    expect(await client.request({ type: "SUB" }, systemRandom(24))).toEqual(error("NO_AUTH"));
    expect(await client.request({ type: "SUB" }, undefined, privateKey)).toEqual(error("NO_AUTH"));
    expect(await client.request(sendCommand("x"))).toEqual(error("NO_ENTITY"));
    expect(await client.request({ type: "PING" }, systemRandom(24))).toEqual(error("HAS_AUTH"));
    expect(await client.request({ type: "PING" })).toEqual({ type: "PONG" });
  });
});

describe.each([6, 7, 8, 9, 10, 11, 14, 16, 17, 18])("protocol version %d", (version) => {
  it("creates, secures, sends, delivers and deletes", async () => {
    const { connect } = testRelay();
    const [recipient, sender] = [await connect({ version }), await connect({ version })];
    const queue = await createQueue(recipient, { secured: true });
    expect(await sender.request(sendCommand("hello"), ...forSender(queue))).toEqual(ok);
    const { message } = await recipient.event();
    expect(textOf(queue, message)).toBe("hello");
    expect(
      await recipient.request({ type: "ACK", messageId: idOf(message) }, ...forRecipient(queue)),
    ).toEqual(ok);
    expect(await sender.request({ type: "PING" })).toEqual({ type: "PONG" });
    expect(await recipient.request({ type: "DEL" }, ...forRecipient(queue))).toEqual(ok);
  });
});
