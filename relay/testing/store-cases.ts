import { systemRandom } from "../../core/crypto/random.ts";
import type { QueueRecord, QueueStore, SentMessage } from "../store/store.ts";
import { expectThat } from "./expect.ts";

export const id = () => systemRandom(24);
export const key = () => ({ algorithm: "Ed25519", key: systemRandom(32) }) as const;
const now = 1_700_000_000;

export function queue(changes: Partial<QueueRecord> = {}): QueueRecord {
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

export const notifier = () => ({
  notifierId: id(),
  key: key(),
  dhSecret: systemRandom(32),
  serviceId: undefined,
});

export function message(text: string, timestamp = now): SentMessage {
  return { type: "message", id: id(), timestamp, notify: true, body: new TextEncoder().encode(text) };
}

export const link = (user: string) => ({
  fixedData: Uint8Array.of(1, 2),
  userData: new TextEncoder().encode(user),
});

/** What is true of every store: each case is given a new one. */
export const storeCases: readonly (readonly [string, (store: QueueStore) => Promise<void>])[] = [
  [
    "finds a queue by the id of each party, and by no other",
    async (store) => {
      const one = queue({ linkId: id(), notifier: notifier() });
      expectThat(await store.createQueue(one, link("data"))).toBe(true);
      await store.createQueue(queue(), undefined);
      expectThat(await store.findQueue("recipient", one.recipientId)).toEqual(one);
      expectThat(await store.findQueue("sender", one.senderId)).toEqual(one);
      expectThat(await store.findQueue("link", one.linkId ?? id())).toEqual(one);
      expectThat(await store.findQueue("notifier", one.notifier?.notifierId ?? id())).toEqual(one);
      expectThat(await store.findQueue("sender", one.recipientId)).toBeUndefined();
      expectThat(await store.findQueue("recipient", one.senderId)).toBeUndefined();
    },
  ],

  [
    "refuses a queue with an id that is in use",
    async (store) => {
      const one = queue({ linkId: id(), notifier: notifier() });
      await store.createQueue(one, link("data"));
      expectThat(await store.createQueue(queue({ recipientId: one.recipientId }), undefined)).toBe(false);
      expectThat(await store.createQueue(queue({ senderId: one.senderId }), undefined)).toBe(false);
      expectThat(await store.createQueue(queue({ linkId: one.linkId }), link("x"))).toBe(false);
      expectThat(await store.createQueue(queue({ notifier: one.notifier }), undefined)).toBe(false);
    },
  ],

  [
    "takes the sender's key once",
    async (store) => {
      const one = queue();
      const first = key();
      await store.createQueue(one, undefined);
      expectThat(await store.secureQueue(one, first)).toBe(true);
      expectThat(await store.secureQueue(one, { ...first })).toBe(true);
      expectThat(await store.secureQueue(one, key())).toBe(false);
      expectThat((await store.findQueue("sender", one.senderId))?.senderKey).toEqual(first);
    },
  ],

  [
    "replaces recipient keys, status and day of use",
    async (store) => {
      const one = queue();
      await store.createQueue(one, undefined);
      const keys = [key(), { algorithm: "Ed448", key: systemRandom(57) } as const];
      await store.setRecipientKeys(one, keys);
      await store.setStatus(one, { type: "blocked", info: { reason: "spam", notice: undefined } });
      await store.touch(one, now + 86_400);
      expectThat(await store.findQueue("recipient", one.recipientId)).toEqual({
        ...one,
        recipientKeys: keys,
        status: { type: "blocked", info: { reason: "spam", notice: undefined } },
        updatedAt: now + 86_400,
      });
    },
  ],

  [
    "keeps the fixed part of link data, and its id until it is deleted",
    async (store) => {
      const one = queue();
      const linkId = id();
      await store.createQueue(one, undefined);
      expectThat(await store.linkData(one)).toBeUndefined();
      expectThat(await store.setLink(one, linkId, link("first"))).toBe(true);
      expectThat(await store.setLink(one, linkId, link("second"))).toBe(true);
      expectThat(await store.setLink(one, linkId, { ...link("x"), fixedData: Uint8Array.of(9) })).toBe(false);
      expectThat(await store.setLink(one, id(), link("third"))).toBe(false);
      expectThat(await store.linkData(one)).toEqual(link("second"));
      expectThat((await store.findQueue("link", linkId))?.recipientId).toEqual(one.recipientId);
      await store.deleteLink(one);
      await store.deleteLink(one);
      expectThat(await store.linkData(one)).toBeUndefined();
      expectThat(await store.findQueue("link", linkId)).toBeUndefined();
      expectThat(await store.setLink(one, linkId, { ...link("x"), fixedData: Uint8Array.of(9) })).toBe(true);
    },
  ],

  [
    "refuses a link id that another queue has",
    async (store) => {
      const [one, two, linkId] = [queue(), queue(), id()];
      await store.createQueue(one, undefined);
      await store.createQueue(two, undefined);
      expectThat(await store.setLink(one, linkId, link("data"))).toBe(true);
      expectThat(await store.setLink(two, linkId, link("data"))).toBe(false);
    },
  ],

  [
    "replaces a notifier with its waiting notifications",
    async (store) => {
      const one = queue();
      const [first, second] = [notifier(), notifier()];
      const notification = { nonce: systemRandom(24), metadata: systemRandom(144), timestamp: now };
      await store.createQueue(one, undefined);
      expectThat(await store.setNotifier(one, first)).toBe(true);
      await store.addNotification(first.notifierId, notification, 10);
      expectThat(await store.setNotifier(one, first)).toBe(false);
      expectThat(await store.setNotifier(one, second)).toBe(true);
      expectThat(await store.findQueue("notifier", first.notifierId)).toBeUndefined();
      expectThat((await store.findQueue("notifier", second.notifierId))?.notifier).toEqual(second);
      expectThat(await store.takeNotifications(first.notifierId)).toEqual([]);
      await store.deleteNotifier(one);
      expectThat((await store.findQueue("recipient", one.recipientId))?.notifier).toBeUndefined();
    },
  ],

  [
    "keeps the newest notifications up to the limit, until they are taken or old",
    async (store) => {
      const notifierId = id();
      const all = [1, 2, 3, 4].map((n) => ({ nonce: id(), metadata: Uint8Array.of(n), timestamp: now + n }));
      for (const one of all) await store.addNotification(notifierId, one, 3);
      expectThat(await store.expireNotifications(now + 3)).toBe(1);
      expectThat(await store.takeNotifications(notifierId)).toEqual(all.slice(2));
      expectThat(await store.takeNotifications(notifierId)).toEqual([]);
    },
  ],

  [
    "gives messages in order, each until it is acknowledged",
    async (store) => {
      const one = queue();
      const [first, second] = [message("1"), message("2")];
      await store.createQueue(one, undefined);
      expectThat(await store.firstMessage(one)).toBeUndefined();
      expectThat(await store.addMessage(one, first, 8)).toEqual({ type: "stored", wasEmpty: true });
      expectThat(await store.addMessage(one, second, 8)).toEqual({ type: "stored", wasEmpty: false });
      expectThat(await store.firstMessage(one)).toEqual(first);
      expectThat(await store.acknowledge(one, second.id)).toEqual({ deleted: false, next: first });
      expectThat(await store.acknowledge(one, first.id)).toEqual({ deleted: true, next: second });
      expectThat(await store.acknowledge(one, second.id)).toEqual({ deleted: true, next: undefined });
      expectThat(await store.acknowledge(one, second.id)).toEqual({ deleted: false, next: undefined });
      expectThat(await store.queueSize(one)).toBe(0);
    },
  ],

  [
    "accepts nothing more in a full queue until it is emptied, quota marker and all",
    async (store) => {
      const one = queue();
      const [first, second, third] = [message("1"), message("2"), message("3")];
      await store.createQueue(one, undefined);
      await store.addMessage(one, first, 2);
      await store.addMessage(one, second, 2);
      expectThat(await store.addMessage(one, third, 2)).toEqual({ type: "full" });
      expectThat(await store.addMessage(one, third, 2)).toEqual({ type: "full" });
      expectThat(await store.queueSize(one)).toBe(3);
      await store.acknowledge(one, first.id);
      expectThat(await store.addMessage(one, third, 2)).toEqual({ type: "full" });
      const { next } = await store.acknowledge(one, second.id);
      expectThat(next).toEqual({ type: "quota", id: third.id, timestamp: third.timestamp });
      expectThat(await store.addMessage(one, third, 2)).toEqual({ type: "full" });
      expectThat(await store.acknowledge(one, third.id)).toEqual({ deleted: true, next: undefined });
      expectThat(await store.addMessage(one, message("4"), 2)).toEqual({ type: "stored", wasEmpty: true });
    },
  ],

  [
    "expires old messages, but not the quota marker",
    async (store) => {
      const [one, two] = [queue(), queue()];
      await store.createQueue(one, undefined);
      await store.createQueue(two, undefined);
      await store.addMessage(one, message("old", now), 1);
      await store.addMessage(one, message("over", now), 1);
      await store.addMessage(two, message("old", now), 8);
      await store.addMessage(two, message("old", now), 8);
      const young = message("young", now + 10);
      await store.addMessage(two, young, 8);
      expectThat(await store.expireQueue(two, now)).toBe(0);
      expectThat(await store.expireQueue(two, now + 1)).toBe(2);
      expectThat(await store.firstMessage(two)).toEqual(young);
      expectThat(await store.expireMessages(now + 1)).toBe(1);
      expectThat((await store.firstMessage(one))?.type).toBe("quota");
      expectThat(await store.queueSize(two)).toBe(1);
      expectThat(await store.expireMessages(now + 11)).toBe(1);
      expectThat(await store.firstMessage(two)).toBeUndefined();
    },
  ],

  [
    "expires queues that were suspended long ago, and no others",
    async (store) => {
      const [old, young, active] = [
        queue({ status: { type: "off" }, updatedAt: now }),
        queue({ status: { type: "off" }, updatedAt: now + 10 }),
        queue({ updatedAt: now }),
      ];
      for (const one of [old, young, active]) await store.createQueue(one, undefined);
      expectThat(await store.expireSuspendedQueues(now + 5)).toBe(1);
      expectThat(await store.findQueue("recipient", old.recipientId)).toBeUndefined();
      expectThat(await store.findQueue("recipient", young.recipientId)).toEqual(young);
      expectThat(await store.findQueue("recipient", active.recipientId)).toEqual(active);
    },
  ],

  [
    "forgets everything about a deleted queue",
    async (store) => {
      const one = queue({ linkId: id(), notifier: notifier() });
      await store.createQueue(one, link("data"));
      await store.addMessage(one, message("1"), 8);
      await store.deleteQueue(one);
      expectThat(await store.findQueue("recipient", one.recipientId)).toBeUndefined();
      expectThat(await store.findQueue("sender", one.senderId)).toBeUndefined();
      expectThat(await store.findQueue("link", one.linkId ?? id())).toBeUndefined();
      expectThat(await store.findQueue("notifier", one.notifier?.notifierId ?? id())).toBeUndefined();
      expectThat(await store.counts()).toEqual({ queues: 0, messages: 0, notifications: 0 });
      expectThat(await store.createQueue(one, link("data"))).toBe(true);
      expectThat(await store.firstMessage(one)).toBeUndefined();
    },
  ],

  [
    "knows a service by its certificate, in one role, with its notifiers",
    async (store) => {
      const [certHash, serviceId] = [systemRandom(32), id()];
      expectThat(await store.service(certHash, "notifier", serviceId)).toEqual(serviceId);
      expectThat(await store.service(certHash, "notifier", id())).toEqual(serviceId);
      expectThat(await store.service(certHash, "messaging", id())).toBeUndefined();
      const one = queue({ notifier: notifier() });
      await store.createQueue(one, undefined);
      expectThat(await store.serviceNotifiers(serviceId)).toEqual([]);
      await store.setNotifierService(one, serviceId);
      await store.setNotifierService(one, serviceId);
      expectThat(await store.serviceNotifiers(serviceId)).toEqual([one.notifier?.notifierId]);
      expectThat((await store.findQueue("recipient", one.recipientId))?.notifier?.serviceId).toEqual(
        serviceId,
      );
      await store.setNotifierService(one, undefined);
      expectThat(await store.serviceNotifiers(serviceId)).toEqual([]);
      await store.setNotifierService(one, serviceId);
      await store.deleteNotifier(one);
      expectThat(await store.serviceNotifiers(serviceId)).toEqual([]);
    },
  ],
  [
    "knows the queues that a service receives from",
    async (store) => {
      const [serviceId, first, second] = [id(), queue(), queue()];
      await store.createQueue({ ...first, serviceId }, undefined);
      await store.createQueue(second, undefined);
      expectThat(await store.serviceQueues(serviceId)).toEqual([first.recipientId]);
      await store.setQueueService(second, serviceId);
      await store.setQueueService(first, undefined);
      expectThat(await store.serviceQueues(serviceId)).toEqual([second.recipientId]);
      expectThat((await store.findQueue("sender", second.senderId))?.serviceId).toEqual(serviceId);
      await store.deleteQueue(second);
      expectThat(await store.serviceQueues(serviceId)).toEqual([]);
    },
  ],
];
