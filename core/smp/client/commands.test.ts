import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import { generateKeyPair } from "../../crypto/keys.ts";
import { systemRandom } from "../../crypto/random.ts";
import { memoryLink } from "../../transport/memory.ts";
import { testIdentity } from "../../transport/testing.ts";
import type { Command } from "../command.ts";
import type { BrokerMessage } from "../message.ts";
import type { NewQueue } from "../new-queue.ts";
import type { QueueInfo } from "../queue-info.ts";
import type { CommandTransmission } from "../transmission.ts";
import { smpVersions } from "../version.ts";
import type { SmpClient } from "./client.ts";
import { startClient } from "./connect.ts";
import { acceptClient, type TestRelay } from "./testing.ts";

const identity = testIdentity(new VirtualClock().nowMs());
const id = (fill: number): Uint8Array => new Uint8Array(24).fill(fill);
const { publicKey: key, privateKey } = generateKeyPair("Ed25519", systemRandom);
const dhKey = systemRandom(32);
const linkData = { fixedData: id(1), userData: id(2) };
const queue = { recipientId: id(1), privateKey };
const keys = { authKey: key, rcvDhKey: dhKey };
const link = { senderId: id(5), linkData };

const newQueue: NewQueue = {
  rcvAuthKey: key,
  rcvDhKey: dhKey,
  basicAuth: undefined,
  subscribeMode: "only-create",
  request: { type: "messaging", link: undefined },
  notifier: undefined,
};

const ids = {
  recipientId: id(1),
  senderId: id(2),
  rcvDhKey: dhKey,
  queueMode: "messaging",
  linkId: undefined,
  serviceId: undefined,
  notifier: undefined,
} as const;

const info: QueueInfo = {
  hasSenderKey: true,
  hasNotifier: false,
  subscription: undefined,
  size: 3,
  message: undefined,
};

async function connect(
  answer: (command: CommandTransmission) => BrokerMessage,
  version = smpVersions.max,
): Promise<{
  client: SmpClient;
  relay: TestRelay;
}> {
  const clock = new VirtualClock();
  const serverChain = identity.certificateChain;
  const ends = memoryLink({ clock, sessionId: systemRandom(32), serverChain });
  const accepted = acceptClient(ends.server, {
    identity,
    clock,
    versions: { min: smpVersions.min, max: version },
  });
  const client = await startClient(ends.client, identity.keyHash, { clock, random: systemRandom });
  const relay = await accepted;
  relay.answer = answer;
  return { client, relay };
}

interface Row {
  readonly command: Command;
  /** The first byte of the entity id; undefined for none. */
  readonly entity: number | undefined;
  readonly authorized: boolean;
  readonly answer: BrokerMessage;
  readonly ask: (client: SmpClient) => Promise<unknown>;
  readonly result?: unknown;
}

const ok: BrokerMessage = { type: "OK" };
const message: BrokerMessage = { type: "MSG", messageId: id(3), body: id(4) };
const flags = { notification: true };

const recipient = (
  command: Command,
  ask: (client: SmpClient) => Promise<unknown>,
  answer: BrokerMessage = ok,
  result?: unknown,
): Row => ({ command, entity: 1, authorized: true, answer, ask, result });

const rows: readonly Row[] = [
  {
    command: { type: "NEW", ...newQueue },
    entity: undefined,
    authorized: true,
    answer: { type: "IDS", ...ids },
    ask: (client) => client.createQueue(privateKey, newQueue),
    result: { type: "IDS", ...ids },
  },
  recipient({ type: "SUB" }, (client) => client.subscribeQueue(queue)),
  recipient(
    { type: "SUB" },
    (client) => client.subscribeQueue(queue),
    { type: "SOK", serviceId: id(9) },
    id(9),
  ),
  recipient({ type: "KEY", key }, (client) => client.secureQueue(queue, key)),
  recipient({ type: "RKEY", keys: [key, key] }, (client) => client.setRecipientKeys(queue, [key, key])),
  recipient({ type: "LSET", linkId: id(7), linkData }, (client) =>
    client.setLinkData(queue, id(7), linkData),
  ),
  recipient({ type: "LDEL" }, (client) => client.deleteLinkData(queue)),
  recipient(
    { type: "NKEY", ...keys },
    (client) => client.enableNotifications(queue, keys),
    { type: "NID", notifierId: id(8), rcvDhKey: dhKey },
    { type: "NID", notifierId: id(8), rcvDhKey: dhKey },
  ),
  recipient({ type: "NDEL" }, (client) => client.disableNotifications(queue)),
  recipient({ type: "GET" }, (client) => client.getMessage(queue), message, message),
  recipient({ type: "GET" }, (client) => client.getMessage(queue)),
  recipient({ type: "ACK", messageId: id(3) }, (client) => client.acknowledge(queue, id(3))),
  recipient({ type: "OFF" }, (client) => client.suspendQueue(queue)),
  recipient({ type: "DEL" }, (client) => client.deleteQueue(queue)),
  recipient({ type: "QUE" }, (client) => client.queueInfo(queue), { type: "INFO", info }, info),
  {
    command: { type: "SKEY", key },
    entity: 2,
    authorized: true,
    answer: ok,
    ask: (client) => client.secureAsSender(id(2), privateKey, key),
  },
  {
    command: { type: "SEND", flags, body: id(6) },
    entity: 2,
    authorized: true,
    answer: ok,
    ask: (client) => client.sendMessage({ senderId: id(2), privateKey }, flags, id(6)),
  },
  {
    command: { type: "SEND", flags, body: id(6) },
    entity: 2,
    authorized: false,
    answer: ok,
    ask: (client) => client.sendMessage({ senderId: id(2), privateKey: undefined }, flags, id(6)),
  },
  {
    command: { type: "PING" },
    entity: undefined,
    authorized: false,
    answer: { type: "PONG" },
    ask: (client) => client.ping(),
  },
  {
    command: { type: "LKEY", key },
    entity: 7,
    authorized: true,
    answer: { type: "LNK", ...link },
    ask: (client) => client.secureLink(id(7), privateKey, key),
    result: { type: "LNK", ...link },
  },
  {
    command: { type: "LGET" },
    entity: 7,
    authorized: false,
    answer: { type: "LNK", ...link },
    ask: (client) => client.getLink(id(7)),
    result: { type: "LNK", ...link },
  },
  {
    command: { type: "NSUB" },
    entity: 8,
    authorized: true,
    answer: ok,
    ask: (client) => client.subscribeNotifications({ notifierId: id(8), privateKey }),
  },
];

describe("every command", () => {
  test.each(rows)(
    "$command.type reaches the relay as it should, and so does $answer.type come back",
    async (row) => {
      const { client, relay } = await connect(() => row.answer);
      expect(await row.ask(client)).toEqual(row.result);
      const [sent] = relay.commands;
      expect(sent?.command).toEqual(row.command);
      expect(sent?.entityId[0]).toBe(row.entity);
      expect(sent?.authorization !== undefined).toBe(row.authorized);
      expect(sent?.correlationId).toHaveLength(24);
    },
  );

  test.each(rows)("$command.type fails with the relay's own error", async (row) => {
    const { client } = await connect(() => ({ type: "ERR", error: { type: "AUTH" } }));
    await expect(row.ask(client)).rejects.toMatchObject({ name: "ProtocolError", code: "AUTH" });
  });

  test("the correlation id of a queue with link data is the one given", async () => {
    const { client, relay } = await connect(() => ({ type: "IDS", ...ids }));
    await client.createQueue(privateKey, newQueue, id(42));
    expect(relay.commands[0]?.correlationId).toEqual(id(42));
  });

  test.each([
    ["link data", 14, { request: { type: "messaging", link } }],
    ["link data of a contact queue", 14, { request: { type: "contact", link: { ...link, linkId: id(7) } } }],
    ["link data", 6, { request: { type: "messaging", link } }],
    ["notification keys", 16, { notifier: keys }],
  ] as const)(
    "a queue is not created without its %s, when version %i can't have them",
    async (_, version, more) => {
      const { client, relay } = await connect(() => ({ type: "IDS", ...ids }), version);
      const created = client.createQueue(privateKey, { ...newQueue, ...more });
      await expect(created).rejects.toMatchObject({ name: "TransportError", code: "version" });
      expect(relay.commands).toEqual([]);
    },
  );

  test.each([
    ["link data", 15, { request: { type: "messaging", link } }],
    ["notification keys", 17, { notifier: keys }],
  ] as const)("a queue is created with its %s since version %i", async (_, version, more) => {
    const { client, relay } = await connect(() => ({ type: "IDS", ...ids }), version);
    await client.createQueue(privateKey, { ...newQueue, ...more });
    expect(relay.commands[0]?.command).toMatchObject(more);
  });

  test("no two commands have the same correlation id", async () => {
    const { client, relay } = await connect(() => ({ type: "PONG" }));
    await Promise.all(Array.from({ length: 50 }, () => client.ping()));
    expect(new Set(relay.commands.map(({ correlationId }) => correlationId.join())).size).toBe(50);
  });
});
