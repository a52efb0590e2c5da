import { join } from "node:path";
import { generateKeyPair, type PrivateKey } from "../core/crypto/keys.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { x25519 } from "../core/crypto/x25519.ts";
import type { Command } from "../core/smp/command.ts";
import type { AuthAlgorithm } from "../core/smp/keys.ts";
import { type Bench, median } from "../core/testing/bench.ts";
import { openSqliteStore } from "./store/sqlite/open.ts";
import type { Sent, TestClient } from "./testing/client.ts";
import { temporaryFolder } from "./testing/process.ts";
import { createQueue, sendCommand } from "./testing/queue.ts";
import { testRelay } from "./testing/relay.ts";

const algorithms = ["Ed25519", "Ed448", "X25519"] as const;
const queuesOfEach = 400;
const rounds = 400;

/** The ids of a queue by who knows them. */
interface KnownIds {
  readonly recipient: Uint8Array;
  readonly sender: Uint8Array;
  readonly link: Uint8Array;
  readonly notifier: Uint8Array;
}

type Pools = Readonly<Record<AuthAlgorithm, readonly KnownIds[]>>;

/** A command that is refused with AUTH, whose it is, and who signs it: nobody where the command has no signature. */
interface Refused {
  readonly party: keyof KnownIds;
  readonly command: Command;
  readonly signer: PrivateKey<AuthAlgorithm> | undefined;
}

function refusedCommands(algorithm: AuthAlgorithm): readonly Refused[] {
  const { publicKey, privateKey: signer } = generateKeyPair(algorithm, systemRandom);
  const recipient = { party: "recipient", signer } as const;
  return [
    { party: "sender", signer, command: sendCommand("x") },
    { party: "sender", signer, command: { type: "SKEY", key: publicKey } },
    { party: "link", signer, command: { type: "LKEY", key: publicKey } },
    { party: "link", signer: undefined, command: { type: "LGET" } },
    { party: "notifier", signer, command: { type: "NSUB" } },
    { ...recipient, command: { type: "SUB" } },
    { ...recipient, command: { type: "GET" } },
    { ...recipient, command: { type: "ACK", messageId: systemRandom(24) } },
    { ...recipient, command: { type: "KEY", key: publicKey } },
    { ...recipient, command: { type: "DEL" } },
  ];
}

/** Queues with keys of one kind on all sides, secured, with a notifier and a link. */
async function makeQueues(client: TestClient, algorithm: AuthAlgorithm): Promise<readonly KnownIds[]> {
  const made: KnownIds[] = [];
  for (let count = 0; count < queuesOfEach; count++) {
    const notifierKey = generateKeyPair(algorithm, systemRandom).publicKey;
    const notifierDh = x25519.generateKeyPair(systemRandom).publicKey;
    const queue = await createQueue(client, {
      algorithm,
      subscribeMode: "only-create",
      notifier: { authKey: notifierKey, rcvDhKey: notifierDh },
    });
    const { recipientId, recipientKey, senderKey, senderId, ids } = queue;
    const link = systemRandom(24);
    const linkData = { fixedData: new Uint8Array(50), userData: new Uint8Array(500) };
    await client.request({ type: "LSET", linkId: link, linkData }, recipientId, recipientKey.privateKey);
    await client.request({ type: "KEY", key: senderKey.publicKey }, recipientId, recipientKey.privateKey);
    const notifier = ids.notifier?.notifierId ?? new Uint8Array(0);
    made.push({ recipient: recipientId, sender: senderId, link, notifier });
  }
  return made;
}

/** Milliseconds from sending a command to having its refusal. */
async function timeOf(client: TestClient, sent: Sent): Promise<number> {
  const content = client.contentOf(sent);
  const startMs = performance.now();
  client.sendContent(content);
  const [received] = await client.receive();
  const tookMs = performance.now() - startMs;
  const { message } = received ?? {};
  if (message?.type !== "ERR" || message.error.type !== "AUTH") throw new Error("command is not refused");
  return tookMs;
}

/** What an id is: of no queue, of one with another key of the signature's kind, of one with another kind of key. */
const cases = ["absent", "wrong-key", "wrong-kind", "absent-again"] as const;
type Case = (typeof cases)[number];
type Times = Record<Case, number[]>;

function otherKind(algorithm: AuthAlgorithm): AuthAlgorithm {
  return algorithms[(algorithms.indexOf(algorithm) + 1) % algorithms.length] ?? "X25519";
}

/** Asks for each case in turn, many times; `round` says which queue of a pool, and which id of none. */
async function measure(
  client: TestClient,
  pools: Pools,
  refused: Refused,
  algorithm: AuthAlgorithm,
  first: boolean,
) {
  const times: Times = { absent: [], "wrong-key": [], "wrong-kind": [], "absent-again": [] };
  const fixed = { absent: systemRandom(24), "absent-again": systemRandom(24) };
  for (let round = 0; round < rounds; round++) {
    const index = first ? round % queuesOfEach : 0;
    for (let turn = 0; turn < cases.length; turn++) {
      const name = cases[(turn + round) % cases.length] ?? "absent";
      const pool = name === "wrong-key" ? pools[algorithm] : pools[otherKind(algorithm)];
      const isAbsent = name === "absent" || name === "absent-again";
      const absentId = isAbsent && !first ? fixed[name] : systemRandom(24);
      const entityId = isAbsent ? absentId : pool[index]?.[refused.party];
      if (entityId === undefined) throw new RangeError("there is no such queue");
      const { command, signer } = refused;
      times[name].push(await timeOf(client, { command, entityId, ...(signer && { key: signer }) }));
    }
  }
  return times;
}

/**
 * Whether the time of a refusal tells that a queue exists: the median for its id, with a wrong key and with a wrong
 * kind of key, in relation to that for an id of none, for each command and kind of signature; once for ids that the
 * relay has not seen since its start, and once for the same again. `noise` is the same relation of two ids of none.
 */
export const bench: Bench = async (report) => {
  const { path, remove } = temporaryFolder();
  const open = async () => {
    const store = openSqliteStore(join(path, "relay.db"));
    const test = testRelay({ store, limits: { newQueuesPerMinute: 0 }, defer: setImmediate });
    const client = await test.connect();
    return { client, close: () => test.relay.stop().then(() => store.close()) };
  };
  const making = await open();
  const pools = {
    Ed25519: await makeQueues(making.client, "Ed25519"),
    Ed448: await makeQueues(making.client, "Ed448"),
    X25519: await makeQueues(making.client, "X25519"),
  };
  await making.close();
  for (const algorithm of algorithms) {
    for (const refused of refusedCommands(algorithm)) {
      const { client, close } = await open();
      // Warm, but for the ids.
      for (let count = 0; count < 100; count++) {
        const { command, signer } = refused;
        await timeOf(client, { command, entityId: systemRandom(24), ...(signer && { key: signer }) });
      }
      for (const first of [true, false]) {
        const times = await measure(client, pools, refused, algorithm, first);
        const base = median([...times.absent, ...times["absent-again"]]);
        const name = `${refused.command.type}-${algorithm}-${first ? "first" : "again"}`;
        const note = `absent ${(base * 1000).toFixed(0)} us, noise ${(median(times["absent-again"]) / median(times.absent)).toFixed(3)}`;
        for (const wrong of ["wrong-key", "wrong-kind"] as const) {
          report({ name: `${name}-${wrong}`, value: median(times[wrong]) / base, unit: "ratio", note });
        }
      }
      await close();
    }
  }
  remove();
};
