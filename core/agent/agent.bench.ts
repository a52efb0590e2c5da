import { statSync } from "node:fs";
import { join } from "node:path";
import { startRelayProcess, temporaryFolder } from "../../relay/testing/process.ts";
import { base64urlEncode } from "../bytes/index.ts";
import { systemRandom } from "../crypto/random.ts";
import {
  acceptRatchet,
  decrypt,
  e2eParamsOfVersion,
  encrypt,
  invitationKeys,
  joinRatchet,
  noSkippedKeys,
  type RatchetState,
} from "../ratchet/ratchet.ts";
import { MemoryStore } from "../store/memory.ts";
import { openStore, storeFiles } from "../store/sqlite/open.ts";
import { type Bench, type Figure, median, medianMicroseconds } from "../testing/bench.ts";
import type { ConnectionId } from "./api.ts";
import { messagePaddedLength } from "./messages/lengths.ts";
import { benchCatchUp, benchStart } from "./testing/bench-many.ts";
import {
  allSent,
  body,
  connect,
  elapsedMs,
  newParty,
  type Pair,
  type Party,
  party,
  sendToAll,
  start,
} from "./testing/bench-party.ts";

type Report = (figure: Figure) => void;

const pairs = 100;
const messagesOneConnection = 1_000;
const messagesAllConnections = 3_000;
const latencyRounds = 100;
const sizeMessages = 2_000;

function ratchetPair(pq: boolean): { readonly sender: RatchetState; readonly recipient: RatchetState } {
  const { keys, params } = invitationKeys(systemRandom, pq);
  const joined = joinRatchet(systemRandom, e2eParamsOfVersion(params, params.versions.max), pq);
  return { sender: joined.state, recipient: acceptRatchet(keys, joined.params, pq) };
}

function benchRatchet(report: Report): void {
  for (const pq of [false, true]) {
    let { sender, recipient } = ratchetPair(pq);
    const paddedLength = messagePaddedLength(7, pq);
    const value = medianMicroseconds(() => {
      const { state, message } = encrypt(sender, body, paddedLength);
      sender = state;
      recipient = decrypt(recipient, noSkippedKeys, message, systemRandom).state;
    });
    report({
      name: pq ? "encrypt-decrypt-pq" : "encrypt-decrypt",
      value,
      unit: "us",
      note: "one chain, no ratchet step",
    });
  }
}

async function benchDelivery(report: Report, alice: Party, bob: Party): Promise<void> {
  await connect(alice, bob);
  const times: number[] = [];
  const connections: Pair[] = [];
  for (let i = 0; i < pairs; i++)
    times.push(await elapsedMs(async () => connections.push(await connect(alice, bob))));
  report({
    name: "connect",
    value: median(times),
    unit: "ms",
    note: "invitation made, joined and connected on both sides",
  });
  const [first] = connections;
  if (first === undefined) return;
  const [a] = first;

  const latencies: number[] = [];
  for (let i = 0; i < latencyRounds; i++) {
    latencies.push(
      await elapsedMs(() => {
        const shown = bob.shown.next(1);
        alice.agent.send(a, body);
        return shown;
      }),
    );
  }
  report({ name: "latency-one-message", value: median(latencies), unit: "ms" });

  const oneMs = await elapsedMs(() => {
    const shown = bob.shown.next(messagesOneConnection);
    for (let i = 0; i < messagesOneConnection; i++) alice.agent.send(a, body);
    return shown;
  });
  report({
    name: "messages-per-second-one-connection",
    value: (messagesOneConnection * 1000) / oneMs,
    unit: "1/s",
  });

  const allMs = await elapsedMs(() => {
    const shown = bob.shown.next(messagesAllConnections);
    const ends = connections.map(([end]): ConnectionId => end);
    for (let i = 0; i < messagesAllConnections; i += pairs) sendToAll(alice, ends);
    return shown;
  });
  report({
    name: "messages-per-second-100-connections",
    value: (messagesAllConnections * 1000) / allMs,
    unit: "1/s",
  });
}

/** What a message leaves behind in the store. */
async function benchSize(report: Report, relay: string, folder: string): Promise<void> {
  const open = () => openStore({ folder, witnessFolder: `${folder}-witness` });
  const bob = newParty(new MemoryStore(), relay);
  let opened = open();
  let alice = newParty(opened.store, relay);
  const [a] = await connect(alice, bob);
  // All that is committed is in the file once the store is closed.
  const closedSize = async () => {
    await alice.agent.stop();
    opened.close();
    return statSync(storeFiles(folder).database).size;
  };
  const before = await closedSize();
  opened = open();
  alice = party(opened.store);
  start(alice);
  const shown = bob.shown.next(sizeMessages);
  for (let i = 0; i < sizeMessages; i++) alice.agent.send(a, body);
  await shown;
  await allSent(alice, [a]);
  report({
    name: "store-size-per-message",
    value: ((await closedSize()) - before) / sizeMessages,
    unit: "B",
    note: "sent and delivered; without what the application keeps",
  });
  await bob.agent.stop();
}

export const bench: Bench = async (report) => {
  benchRatchet(report);
  const { path, remove } = temporaryFolder();
  const relay = await startRelayProcess("node", join(path, "relay"), ["--new-queues-per-minute", "0"]);
  const address = `smp://${base64urlEncode(relay.keyHash)}@127.0.0.1:${relay.ports.get("tls") ?? 0}`;
  const open = (name: string) =>
    openStore({ folder: join(path, name), witnessFolder: join(path, `${name}-witness`) }).store;
  try {
    const parties = [newParty(open("alice"), address), newParty(open("bob"), address)] as const;
    await benchDelivery(report, ...parties);
    for (const { agent } of parties) await agent.stop();
    await benchCatchUp(report, address, join(path, "catch-up"));
    await benchSize(report, address, join(path, "size"));
    await benchStart(report, address, join(path, "start"));
  } finally {
    relay.child.kill("SIGKILL");
    await relay.exited;
    remove();
  }
};
