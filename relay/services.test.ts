import { describe, expect, it } from "vitest";
import { type AlgorithmKeyPair, generateKeyPair } from "../core/crypto/keys.ts";
import { systemRandom } from "../core/crypto/random.ts";
import type { AuthAlgorithm } from "../core/smp/keys.ts";
import { startMaintenance } from "./maintenance.ts";
import type { TestClient } from "./testing/client.ts";
import { testIdentity } from "./testing/identity.ts";
import { deliver, enable, serviceClient } from "./testing/notifier.ts";
import { createQueue, sendCommand, type TestQueue } from "./testing/queue.ts";
import { type TestRelay, testRelay } from "./testing/relay.ts";

const ok = { type: "OK" };
const alone = { type: "SOK", serviceId: undefined };
const serviceError = { type: "ERR", error: { type: "SERVICE" } };

async function connections({ connect }: TestRelay, count: number): Promise<readonly TestClient[]> {
  return Promise.all(Array.from({ length: count }, () => connect()));
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

  it("loses a notifier to another service, and is told once", async () => {
    const test = testRelay();
    const [recipient, sender] = await connections(test, 2);
    if (!recipient || !sender) throw new Error("clients are missing");
    const [lost, kept] = [await createQueue(recipient, { secured: true }), await createQueue(recipient)];
    const { id, key } = await enable(recipient, lost);
    const other = await enable(recipient, kept);
    const one = await serviceClient(test);
    const two = await serviceClient(test, "notifier", testIdentity());
    for (const each of [nsub(id, key), nsub(other.id, other.key)]) await one.client.exchange(each);
    const [taken] = await two.client.exchange(nsub(id, key));
    expect(taken?.message).toEqual({ type: "SOK", serviceId: two.serviceId });
    expect(await one.client.event()).toMatchObject({ entityId: id, message: { type: "END" } });
    await deliver(recipient, sender, lost);
    expect((await two.client.event()).message.type).toBe("NMSG");

    const next = await serviceClient(test);
    const all = {
      command: { type: "NSUBS" },
      entityId: one.serviceId,
      key: next.sessionKey.privateKey,
    } as const;
    expect((await next.client.exchange(all))[0]?.message).toEqual({ type: "SOKS", count: 1 });
    expect((await one.client.event()).message).toEqual({ type: "ENDS", count: 1 });
  });

  it("is not idle while it has a notifier, be it silent", async () => {
    const test = testRelay({ limits: { idleTimeoutSeconds: 600 } });
    const stop = startMaintenance(test.relay);
    const [recipient] = await connections(test, 1);
    if (!recipient) throw new Error("client is missing");
    const { id, key } = await enable(recipient, await createQueue(recipient));
    const { client } = await serviceClient(test);
    await client.exchange(nsub(id, key));
    await serviceClient(test);
    expect(test.relay.connectionCount).toBe(3);
    await test.clock.advance(700_000);
    expect(test.relay.connectionCount).toBe(2);
    stop();
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
    await expect.poll(() => [...owned]).toEqual([]);
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

  it.each([{ type: "SUB" }, { type: "DEL" }] as const)(
    "does not count a queue any more that another connection took with $type",
    async (command) => {
      const test = testRelay();
      const [recipient] = await connections(test, 1);
      if (!recipient) throw new Error("client is missing");
      const one = await serviceClient(test, "messaging");
      const taken = await createQueue(one.client, { asService: true });
      await createQueue(one.client, { asService: true });
      await recipient.request(command, taken.recipientId, taken.recipientKey.privateKey);
      expect((await one.client.event()).entityId).toEqual(taken.recipientId);
      const two = await serviceClient(test, "messaging");
      const all = { type: "SUBS" } as const;
      const subscribed = await two.client.request(all, two.serviceId, two.sessionKey.privateKey);
      expect(subscribed).toEqual({ type: "SOKS", count: 1 });
      expect((await one.client.event()).message).toEqual({ type: "ENDS", count: 1 });
    },
  );

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
