import { join } from "node:path";
import { expect, it } from "vitest";
import { hexEncode } from "../core/bytes/index.ts";
import { systemRandom } from "../core/crypto/random.ts";
import type { Received, TestClient } from "./testing/client.ts";
import type { RelayProcess, RuntimeName } from "./testing/process.ts";
import { createQueue, sendCommand, type TestQueue, textOf } from "./testing/queue.ts";
import { testRelays } from "./testing/test-relays.ts";

const { folder, start: startRelay } = testRelays();

const queueCount = 8;
const bodyLength = 16_000;

/** What the clients of one queue know for sure, as the relay has told them. */
interface Ledger {
  readonly queue: TestQueue;
  /** Texts of messages whose SEND was answered with OK. */
  readonly accepted: Set<string>;
  /** Of messages that were delivered. */
  readonly received: Set<string>;
  /** Of messages whose ACK was answered. */
  readonly acknowledged: Set<string>;
}

function start(runtime: RuntimeName, path: string, store: "sqlite" | "kv"): Promise<RelayProcess> {
  const flags = ["--new-queues-per-minute", "0", "--store", store, "--kv-path", join(path, "kv.db")];
  return startRelay(runtime, path, flags);
}

/** A message of full length that begins with its own name. */
function bodyOf(name: string): Uint8Array {
  const body = new Uint8Array(bodyLength);
  body.set(new TextEncoder().encode(name.padEnd(32)));
  return body;
}

const nameOf = (text: string): string => text.slice(0, 32).trimEnd();

/** Sends to all queues without a pause until the connection breaks. */
async function sendUntilCut(client: TestClient, ledgers: readonly Ledger[], round: number): Promise<void> {
  const sent = new Map<string, readonly [Ledger, string]>();
  try {
    for (let number = 0; ; number++) {
      for (const ledger of ledgers) {
        const name = `${round}-${number}`;
        const correlationId = systemRandom(24);
        sent.set(hexEncode(correlationId), [ledger, name]);
        const { senderId, senderKey } = ledger.queue;
        client.send({
          command: sendCommand(bodyOf(name)),
          entityId: senderId,
          key: senderKey.privateKey,
          correlationId,
        });
      }
      for (let replies = 0; replies < ledgers.length; ) {
        for (const { correlationId, message } of await client.receive()) {
          replies++;
          const [ledger, name] = sent.get(hexEncode(correlationId)) ?? [];
          if (message.type === "OK" && ledger !== undefined && name !== undefined) ledger.accepted.add(name);
        }
      }
    }
  } catch {
    // The relay is gone.
  }
}

/** Acknowledges whatever comes until the connection breaks, or, when told, until nothing comes any more. */
async function receiveAll(
  client: TestClient,
  ledgers: readonly Ledger[],
  untilEmpty: boolean,
): Promise<void> {
  const byQueue = new Map(ledgers.map((ledger) => [hexEncode(ledger.queue.recipientId), ledger]));
  const out = new Map<string, string>();
  const empty = new Set<Ledger>();
  const asked = new Map<string, string>();
  const take = ({ entityId, message, correlationId }: Received): void => {
    const ledger = byQueue.get(hexEncode(entityId));
    if (ledger === undefined) return;
    const isAnswer = message.type === "OK" || message.type === "MSG";
    const answered = asked.get(hexEncode(correlationId));
    if (answered !== undefined && isAnswer) {
      ledger.acknowledged.add(answered);
      if (out.get(hexEncode(entityId)) === answered) out.delete(hexEncode(entityId));
      if (message.type === "OK" && !out.has(hexEncode(entityId))) empty.add(ledger);
    }
    if (message.type !== "MSG") return;
    const name = nameOf(textOf(ledger.queue, message));
    expect(ledger.acknowledged.has(name), `${name} comes again after its ACK`).toBe(false);
    ledger.received.add(name);
    out.set(hexEncode(entityId), name);
    const ackId = systemRandom(24);
    asked.set(hexEncode(ackId), name);
    const { messageId } = message;
    const key = ledger.queue.recipientKey.privateKey;
    client.send({ command: { type: "ACK", messageId }, entityId, key, correlationId: ackId });
  };
  const takeBlock = (block: readonly Received[]): void => {
    block.map(take);
    for (const { message, entityId } of block) {
      const ledger = byQueue.get(hexEncode(entityId));
      if (message.type === "SOK" && ledger !== undefined && !out.has(hexEncode(entityId))) empty.add(ledger);
    }
  };
  try {
    for (const { queue } of ledgers) {
      const { recipientId: entityId, recipientKey } = queue;
      client.send({ command: { type: "SUB" }, entityId, key: recipientKey.privateKey });
      takeBlock(await client.receive());
    }
    while (!untilEmpty || empty.size < ledgers.length) takeBlock(await client.receive());
  } catch (error) {
    if (untilEmpty || (error instanceof Error && error.message.includes("comes again"))) throw error;
  }
}

it.each([
  ["node", "tls", "sqlite"],
  ["deno", "web", "sqlite"],
  ["deno", "web", "kv"],
] as const)(
  "kill -9 under load on %s (%s, %s) loses nothing that was promised",
  async (runtime, door, store) => {
    const path = folder();
    let relay = await start(runtime, path, store);
    const creator = await relay.connect(door);
    const ledgers: Ledger[] = [];
    for (let i = 0; i < queueCount; i++) {
      const queue = await createQueue(creator, { secured: true, subscribeMode: "only-create" });
      ledgers.push({ queue, accepted: new Set(), received: new Set(), acknowledged: new Set() });
    }
    for (let round = 0; round < 3; round++) {
      const [sender, recipient] = [await relay.connect(door), await relay.connect(door)];
      const goal = ledgers.reduce((sum, { accepted }) => sum + accepted.size, 0) + 20 * queueCount;
      const work = [sendUntilCut(sender, ledgers, round), receiveAll(recipient, ledgers, false)];
      await expect
        .poll(() => ledgers.reduce((sum, { accepted }) => sum + accepted.size, 0))
        .toBeGreaterThan(goal);
      relay.child.kill("SIGKILL");
      await Promise.all([...work, relay.exited]);
      relay = await start(runtime, path, store);
    }
    await receiveAll(await relay.connect(door), ledgers, true);
    for (const { accepted, received } of ledgers) {
      expect([...accepted].filter((name) => !received.has(name))).toEqual([]);
      expect(accepted.size).toBeGreaterThan(0);
    }
  },
);
