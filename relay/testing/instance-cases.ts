import { VirtualClock } from "../../core/clock/virtual.ts";
import { generateKeyPair } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { x25519 } from "../../core/crypto/x25519.ts";
import type { Kv } from "../store/kv/api.ts";
import { KvPeers } from "../store/kv/kv-peers.ts";
import { kvStore } from "../store/kv/kv-store.ts";
import type { QueueStatus } from "../store/store.ts";
import { expectThat } from "./expect.ts";
import { testIdentity } from "./identity.ts";
import { createQueue, idOf, sendCommand, type TestQueue, textOf } from "./queue.ts";
import { type TestRelay, testRelay } from "./relay.ts";

type Case = readonly [string, (openKv: () => Kv) => Promise<void>];

const identity = testIdentity();
const ok = { type: "OK" };
const forSender = ({ senderId, senderKey }: TestQueue) => [senderId, senderKey.privateKey] as const;
const forRecipient = ({ recipientId, recipientKey }: TestQueue) =>
  [recipientId, recipientKey.privateKey] as const;

/** An instance of a relay on a KV that others share. */
function instance(kv: Kv): TestRelay {
  const clock = new VirtualClock(Date.UTC(2026, 0, 15));
  return testRelay({ identity, clock, store: kvStore(kv), peers: new KvPeers(kv, clock, systemRandom) });
}

/** What is true of several instances of a relay on one Deno KV; each case is given the way to it. */
export const instanceCases: readonly Case[] = [
  [
    "bring a message that comes in at one to the subscriber of another, in order",
    async (openKv) => {
      const [a, b] = [instance(openKv()), instance(openKv())];
      const [sender, recipient] = [await a.connect(), await b.connect()];
      const queue = await createQueue(recipient, { secured: true });
      for (const text of ["1", "2", "3"]) {
        expectThat(await sender.request(sendCommand(text), ...forSender(queue))).toEqual(ok);
      }
      let { message } = await recipient.event();
      for (const text of ["1", "2", "3"]) {
        expectThat(textOf(queue, message)).toBe(text);
        const ack = { type: "ACK", messageId: idOf(message) } as const;
        message = await recipient.request(ack, ...forRecipient(queue));
      }
      expectThat(message).toEqual(ok);
      await a.relay.stop();
      await b.relay.stop();
    },
  ],
  [
    "end the subscription at one when another takes it over, and tell of the deletion",
    async (openKv) => {
      const [a, b] = [instance(openKv()), instance(openKv())];
      const [first, second] = [await a.connect(), await b.connect()];
      const queue = await createQueue(first, { secured: true });
      const subscribed = await second.request({ type: "SUB" }, ...forRecipient(queue));
      expectThat(subscribed.type).toBe("SOK");
      expectThat((await first.event()).message.type).toBe("END");
      expectThat(await first.request(sendCommand("over"), ...forSender(queue))).toEqual(ok);
      expectThat(textOf(queue, (await second.event()).message)).toBe("over");
      expectThat(await first.request({ type: "DEL" }, ...forRecipient(queue))).toEqual(ok);
      expectThat((await second.event()).message.type).toBe("DELD");
      await a.relay.stop();
      await b.relay.stop();
    },
  ],
  [
    "tell the subscriber at one that a command of the operator blocks its queue, and what waits after",
    async (openKv) => {
      const [a, kv] = [instance(openKv()), openKv()];
      const [recipient, sender] = [await a.connect(), await a.connect()];
      const queue = await createQueue(recipient, { secured: true });
      const [store, operator] = [kvStore(kv), new KvPeers(kv, new VirtualClock(), systemRandom)];
      const operate = async (status: QueueStatus): Promise<void> => {
        const stored = await store.findQueue("recipient", queue.recipientId);
        if (stored === undefined) throw new Error("queue is missing");
        await store.setStatus(stored, status);
        await operator.tell("queue", queue.recipientId, "status");
      };
      await operate({ type: "blocked", info: { reason: "content", notice: undefined } });
      const blocked = { type: "ERR", error: { type: "BLOCKED", reason: "content", notice: undefined } };
      const { entityId, message } = await recipient.event();
      expectThat(entityId).toEqual(queue.recipientId);
      expectThat(message).toEqual(blocked);
      expectThat(await sender.request(sendCommand("x"), ...forSender(queue))).toEqual(blocked);
      await operate({ type: "active" });
      expectThat(await sender.request(sendCommand("after"), ...forSender(queue))).toEqual(ok);
      expectThat(textOf(queue, (await recipient.event()).message)).toBe("after");
      await operator.close();
      await a.relay.stop();
    },
  ],
  [
    "bring a message to the subscriber at another when a connection there that only fetched is gone",
    async (openKv) => {
      const [a, b] = [instance(openKv()), instance(openKv())];
      const [sender, recipient, fetcher] = [await a.connect(), await b.connect(), await b.connect()];
      const queue = await createQueue(recipient, { secured: true });
      expectThat(await fetcher.request({ type: "GET" }, ...forRecipient(queue))).toEqual(ok);
      fetcher.close();
      while (b.relay.connectionCount > 1) await b.relay.nextTick();
      expectThat(await sender.request(sendCommand("still"), ...forSender(queue))).toEqual(ok);
      expectThat(textOf(queue, (await recipient.event()).message)).toBe("still");
      await a.relay.stop();
      await b.relay.stop();
    },
  ],
  [
    "bring notifications to the notification server that is connected to another",
    async (openKv) => {
      const [a, b] = [instance(openKv()), instance(openKv())];
      const [recipient, notifier] = [await a.connect(), await b.connect()];
      const key = generateKeyPair("Ed25519", systemRandom);
      const queue = await createQueue(recipient, {
        secured: true,
        notifier: { authKey: key.publicKey, rcvDhKey: x25519.generateKeyPair(systemRandom).publicKey },
      });
      const notifierId = queue.ids.notifier?.notifierId ?? new Uint8Array(0);
      expectThat((await notifier.request({ type: "NSUB" }, notifierId, key.privateKey)).type).toBe("SOK");
      recipient.send({
        command: sendCommand("wake", true),
        entityId: queue.senderId,
        key: queue.senderKey.privateKey,
      });
      expectThat((await notifier.event()).message.type).toBe("NMSG");
      await a.relay.stop();
      await b.relay.stop();
    },
  ],
];
