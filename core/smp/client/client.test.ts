import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import { generateKeyPair } from "../../crypto/keys.ts";
import { systemRandom } from "../../crypto/random.ts";
import { x25519 } from "../../crypto/x25519.ts";
import { TransportError } from "../../transport/errors.ts";
import { type MemoryLink, type MemoryLinkOptions, memoryLink } from "../../transport/memory.ts";
import { testIdentity } from "../../transport/testing.ts";
import { isAuthorized } from "../authorization.ts";
import type { BrokerMessage } from "../message.ts";
import type { CommandTransmission } from "../transmission.ts";
import type { SmpClient } from "./client.ts";
import { startClient } from "./connect.ts";
import { eventQueueHigh, type ServerEvent } from "./events.ts";
import { defaultTimeouts } from "./options.ts";
import type { AuthPrivateKey, RecipientQueue } from "./queues.ts";
import { acceptClient, type TestRelay } from "./testing.ts";

const identity = testIdentity(new VirtualClock().nowMs());
const id = (fill: number): Uint8Array => new Uint8Array(24).fill(fill);
const queueKeys = generateKeyPair("X25519", systemRandom);
const queue = (fill: number, privateKey: AuthPrivateKey = queueKeys.privateKey): RecipientQueue => ({
  recipientId: id(fill),
  privateKey,
});
const message = (fill: number): BrokerMessage => ({
  type: "MSG",
  messageId: id(fill),
  body: new Uint8Array(16),
});

interface Connected {
  readonly clock: VirtualClock;
  readonly client: SmpClient;
  readonly relay: TestRelay;
  readonly link: MemoryLink;
}

async function connect(
  link: Partial<MemoryLinkOptions> = {},
  answer?: (command: CommandTransmission) => BrokerMessage | undefined,
): Promise<Connected> {
  const clock = new VirtualClock();
  const serverChain = identity.certificateChain;
  const ends = memoryLink({ clock, sessionId: systemRandom(32), serverChain, ...link });
  const accepted = acceptClient(ends.server, { identity, clock });
  const client = await startClient(ends.client, identity.keyHash, { clock, random: systemRandom });
  const relay = await accepted;
  relay.answer = answer;
  return { clock, client, relay, link: ends };
}

/** What the client is told by events until it has `count` of them, or there are no more. */
async function take(client: SmpClient, count: number): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of client.events) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

const typesOf = (events: readonly ServerEvent[]): string[] => events.map(({ message }) => message.type);

describe("requests", () => {
  test("commands asked at the same time go out in one block", async () => {
    const { client, relay } = await connect({}, () => ({ type: "OK" }));
    await Promise.all([1, 2, 3, 4, 5].map((i) => client.subscribeQueue(queue(i))));
    expect(relay.blocks.map((block) => block.length)).toEqual([5]);
    expect(relay.commands.map(({ entityId }) => entityId)).toEqual([1, 2, 3, 4, 5].map(id));
  });

  test("a thousand subscriptions are spread over blocks and all answered", async () => {
    const { client, relay } = await connect({}, () => ({ type: "OK" }));
    await Promise.all(Array.from({ length: 1000 }, (_, i) => client.subscribeQueue(queue(i % 256))));
    expect(relay.commands).toHaveLength(1000);
    expect(relay.blocks.length).toBeLessThan(20);
  });

  test("each answer reaches its command, in whatever order answers come", async () => {
    const { client, relay, clock } = await connect();
    const first = client.subscribeQueue(queue(1));
    const second = client.subscribeQueue(queue(2));
    const third = client.getMessage(queue(3));
    await clock.until(() => relay.commands.length === 3);
    const [sub1, sub2, get] = relay.commands;
    if (sub1 === undefined || sub2 === undefined || get === undefined) throw new Error("not asked");
    relay.reply(get, message(9));
    relay.reply(sub2, { type: "SOK", serviceId: id(7) });
    relay.reply(sub1, { type: "ERR", error: { type: "AUTH" } });
    expect((await third)?.messageId).toEqual(id(9));
    expect(await second).toEqual(id(7));
    await expect(first).rejects.toMatchObject({ name: "ProtocolError", code: "AUTH", retryable: false });
  });

  test.each(["X25519", "Ed25519", "Ed448"] as const)(
    "a relay can verify what a key of %s authorises",
    async (algorithm) => {
      const { client, relay } = await connect({}, () => ({ type: "OK" }));
      const { publicKey, privateKey } = generateKeyPair(algorithm, systemRandom);
      await client.suspendQueue(queue(1, privateKey));
      const [command] = relay.commands;
      if (command === undefined) throw new Error("not asked");
      const agree = (key: Uint8Array) => x25519.sharedSecret(relay.sessionKey, key);
      expect(isAuthorized(publicKey, command, agree)).toBe(true);
    },
  );

  test("errors say whether retrying can help", async () => {
    const { client } = await connect({}, () => ({ type: "ERR", error: { type: "QUOTA" } }));
    const sent = client.sendMessage(
      { senderId: id(1), privateKey: undefined },
      { notification: true },
      id(2),
    );
    await expect(sent).rejects.toMatchObject({ code: "QUOTA", retryable: true });
  });

  test("an answer of another kind, or about another queue, fails its command", async () => {
    const { client, relay, clock } = await connect();
    const wrongKind = client.suspendQueue(queue(1));
    const wrongQueue = client.suspendQueue(queue(2));
    await clock.until(() => relay.commands.length === 2);
    const [first, second] = relay.commands;
    if (first === undefined || second === undefined) throw new Error("not asked");
    relay.reply(first, { type: "SOK", serviceId: undefined });
    relay.send({ correlationId: second.correlationId, entityId: id(9), message: { type: "OK" } });
    await expect(wrongKind).rejects.toMatchObject({ name: "UnexpectedResponseError" });
    await expect(wrongQueue).rejects.toMatchObject({ name: "UnexpectedResponseError" });
    expect(client.state).toBe("ready");
  });

  test("a command that is too long is refused before it is sent", async () => {
    const { client, relay } = await connect();
    const target = { senderId: id(1), privateKey: undefined };
    const sent = client.sendMessage(target, { notification: true }, new Uint8Array(17_000));
    await expect(sent).rejects.toMatchObject({ name: "EncodeError" });
    expect(relay.commands).toEqual([]);
  });
});

describe("events", () => {
  test("what a relay sends unasked, and messages that answer SUB and ACK, come in their order", async () => {
    const { client, relay } = await connect({}, ({ command }) =>
      command.type === "PING" ? { type: "PONG" } : message(1),
    );
    await client.subscribeQueue(queue(1));
    await client.acknowledge(queue(1), id(1));
    relay.send(
      { entityId: id(2), message: message(2) },
      { entityId: id(3), message: { type: "END" } },
      { entityId: id(4), message: { type: "DELD" } },
      { entityId: id(5), message: { type: "ENDS", count: 3 } },
    );
    const events = await take(client, 6);
    expect(typesOf(events)).toEqual(["MSG", "MSG", "MSG", "END", "DELD", "ENDS"]);
    expect(events.map(({ entityId }) => entityId[0])).toEqual([1, 1, 2, 3, 4, 5]);
  });

  test("an error of a queue that no command asked about is an event, and the connection goes on", async () => {
    const { client, relay } = await connect({}, () => ({ type: "PONG" }));
    const error = { type: "BLOCKED", reason: "spam", notice: undefined } as const;
    relay.send({ entityId: id(1), message: { type: "ERR", error } });
    expect(await take(client, 1)).toEqual([{ entityId: id(1), message: { type: "ERR", error } }]);
    await client.ping();
    expect(client.state).toBe("ready");
  });

  test("a second answer to a command is ignored, unless it brings a message", async () => {
    const { client, relay } = await connect({}, () => ({ type: "OK" }));
    await client.suspendQueue(queue(1));
    const [command] = relay.commands;
    if (command === undefined) throw new Error("not asked");
    relay.reply(command, { type: "OK" });
    relay.reply(command, message(5));
    expect(typesOf(await take(client, 1))).toEqual(["MSG"]);
    expect(client.state).toBe("ready");
  });

  test("answers to unknown correlation ids are ignored", async () => {
    const { client, relay } = await connect({}, () => ({ type: "PONG" }));
    relay.send({ correlationId: id(77), entityId: id(1), message: { type: "OK" } });
    await client.ping();
    expect(client.state).toBe("ready");
  });

  test("a relay has to wait while nobody reads the events", async () => {
    const { client, relay, clock } = await connect();
    const sent = eventQueueHigh * 2;
    for (let i = 0; i < sent / 4; i++) {
      relay.send(...[0, 1, 2, 3].map(() => ({ entityId: id(1), message: message(1) })));
      await clock.advance(0);
    }
    expect(client.eventsWaiting).toBeLessThan(eventQueueHigh + 5);
    const events = take(client, sent);
    await clock.advance(0);
    expect(await events).toHaveLength(sent);
  });

  test("a command is answered even while many events wait, and the reader may be the one who asks", async () => {
    const { client, relay, clock } = await connect();
    for (let i = 0; i < eventQueueHigh / 4 + 4; i++) {
      relay.send(...[0, 1, 2, 3].map(() => ({ entityId: id(1), message: message(1) })));
      await clock.advance(0);
    }
    relay.answer = () => ({ type: "OK" });
    const done = client.acknowledge(queue(1), id(1));
    await clock.advance(0);
    await done;
    expect(client.eventsWaiting).toBeGreaterThan(eventQueueHigh);
  });
});

describe("a relay that fails", () => {
  test("one that does not answer a command is a time-out that retrying can help", async () => {
    const { client, clock } = await connect();
    const asked = client.ping();
    const failed = expect(asked).rejects.toMatchObject({ code: "timeout", retryable: true });
    await clock.advance(defaultTimeouts.commandMs);
    await failed;
    expect(client.state).toBe("ready");
  });

  test("one that is slow but alive is waited for, one that never answers a command is not", async () => {
    const { client, relay, clock } = await connect();
    let failed = false;
    const asked = client.ping().catch(() => {
      failed = true;
    });
    for (let i = 0; i < 5; i++) {
      await clock.advance(defaultTimeouts.commandMs - 1);
      relay.send({ entityId: id(1), message: { type: "END" } });
    }
    expect(failed).toBe(false);
    for (let i = 0; i < 5; i++) {
      await clock.advance(defaultTimeouts.commandMs - 1);
      relay.send({ entityId: id(1), message: { type: "END" } });
    }
    await asked;
    expect(failed).toBe(true);
  });

  test("one that stays silent to command after command is given up", async () => {
    const { client, clock } = await connect();
    for (let i = 0; i < 3; i++) {
      client.ping().catch(() => undefined);
      await clock.advance(defaultTimeouts.commandMs);
    }
    expect(client.reason?.code).toBe("timeout");
    await expect(client.ping()).rejects.toMatchObject({ code: "timeout" });
  });

  test("an idle connection is asked whether it lives, and given up when it does not", async () => {
    const { client, relay, clock } = await connect();
    relay.answer = () => ({ type: "PONG" });
    await clock.advance(defaultTimeouts.pingIntervalMs * 3);
    expect(relay.commands.map(({ command }) => command.type)).toEqual(["PING", "PING", "PING"]);
    relay.answer = undefined;
    await clock.advance(defaultTimeouts.pingIntervalMs * 2);
    expect((await client.closed).code).toBe("timeout");
  });

  test("commands in flight fail when it closes, and the events end", async () => {
    const { client, relay, clock } = await connect();
    const asked = client.ping();
    const failed = expect(asked).rejects.toMatchObject({ code: "closed", retryable: true });
    await clock.until(() => relay.commands.length === 1);
    relay.transport.close();
    await failed;
    expect(await take(client, 1)).toEqual([]);
    expect(client.state).toBe("closed");
  });

  test("a connection that breaks fails what is in flight with the reason", async () => {
    const { client, link } = await connect();
    const asked = client.ping();
    link.cut("cable is out");
    await expect(asked).rejects.toMatchObject({ code: "network", message: "cable is out" });
  });

  test("a block that does not decrypt ends the session", async () => {
    const { client, relay } = await connect();
    relay.transport.send(new Uint8Array(16_384));
    expect((await client.closed).code).toBe("block");
  });

  test("an error about no command in particular ends the session, so that nothing waits in vain", async () => {
    const { client, relay, clock } = await connect();
    const asked = client.ping();
    const cause = { name: "ProtocolError", code: "BLOCK" };
    const failed = expect(asked).rejects.toMatchObject({ code: "block", retryable: true, cause });
    await clock.until(() => relay.commands.length === 1);
    relay.send({ message: { type: "ERR", error: { type: "BLOCK" } } });
    await failed;
  });

  test("a block that comes twice ends the session", async () => {
    let last: Uint8Array | undefined;
    const { client, relay } = await connect({
      intercept(block, direction) {
        if (direction === "to-client") last = block.slice();
        return block;
      },
    });
    relay.send({ message: { type: "PONG" } });
    if (last !== undefined) relay.transport.send(last);
    expect((await client.closed).code).toBe("block");
  });

  test("closing fails what is in flight and tells the relay", async () => {
    const { client, relay, clock } = await connect();
    const asked = client.ping();
    const failed = expect(asked).rejects.toBeInstanceOf(TransportError);
    const ended = new Promise<TransportError>((closed) =>
      relay.transport.receive({ block: () => undefined, closed }),
    );
    client.close();
    await failed;
    await clock.advance(0);
    expect((await ended).code).toBe("closed");
  });
});
