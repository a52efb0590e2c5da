import { mkdirSync, statSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { MemoryStore } from "../../store/memory.ts";
import { openStore, storeFiles } from "../../store/sqlite/open.ts";
import type { Figure } from "../../testing/bench.ts";
import { allSent, connect, elapsedMs, newParty, party, sendToAll, start } from "./bench-party.ts";
import { addConnections } from "./many-connections.ts";

type Report = (figure: Figure) => void;

const catchUpConnections = 1_000;
const catchUpMessages = 10_000;
const startConnections = 10_000;
const nsPerMs = 1e6;

const openIn = (folder: string) => openStore({ folder, witnessFolder: `${folder}-witness` });

/** Bob was away while 10,000 messages were sent on 1,000 connections: how fast he has them. */
export async function benchCatchUp(report: Report, relay: string, folder: string): Promise<void> {
  const stores = [openIn(`${folder}-alice`), openIn(`${folder}-bob`)].map(({ store }) => store);
  const [aliceStore, bobStore] = stores;
  if (aliceStore === undefined || bobStore === undefined) return;
  const [firstAlice, firstBob] = [newParty(aliceStore, relay), newParty(bobStore, relay)];
  const [a, b] = await connect(firstAlice, firstBob);
  await firstAlice.agent.stop();
  await firstBob.agent.stop();
  const ends = [
    { store: aliceStore, connection: a },
    { store: bobStore, connection: b },
  ];
  const added = await addConnections(relay, ends, catchUpConnections - 1);
  const connections = [a, ...added.flatMap(([one]) => (one === undefined ? [] : [one]))];

  const alice = party(aliceStore);
  start(alice);
  const sendMs = await elapsedMs(() => {
    for (let i = 0; i < catchUpMessages / catchUpConnections; i++) sendToAll(alice, connections);
    return allSent(alice, connections);
  });
  report({
    name: "send-per-second-1000-connections",
    value: (catchUpMessages * 1000) / sendMs,
    unit: "1/s",
    note: `${catchUpMessages} messages given to the relay, nobody there to receive them`,
  });
  await alice.agent.stop();

  const bob = party(bobStore);
  const ms = await elapsedMs(() => {
    const shown = bob.shown.next(catchUpMessages);
    start(bob);
    return shown;
  });
  report({
    name: "catch-up-per-second",
    value: (catchUpMessages * 1000) / ms,
    unit: "1/s",
    note: `${catchUpMessages} messages that wait on ${catchUpConnections} connections, from the start on`,
  });
  await bob.agent.stop();
  for (const store of stores) store.close();
}

/** A store with 10,000 connections is opened: how long until the agent can be used, and until it receives on all of them. */
export async function benchStart(report: Report, relay: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const before = openIn(folder);
  const [first, other] = [newParty(before.store, relay), newParty(new MemoryStore(), relay)];
  const [connection] = await connect(first, other);
  await first.agent.stop();
  await other.agent.stop();
  await addConnections(relay, [{ store: before.store, connection }], startConnections - 1);
  before.close();
  report({
    name: "store-size-per-connection",
    value: statSync(storeFiles(folder).database).size / startConnections,
    unit: "B",
  });

  const delays = monitorEventLoopDelay({ resolution: 5 });
  const startMs = performance.now();
  const open = openIn(folder);
  const agent = party(open.store);
  const allUp = agent.up.next(startConnections);
  start(agent);
  report({
    name: "start-10000-connections",
    value: performance.now() - startMs,
    unit: "ms",
    note: "store opened, and the agent takes commands",
  });
  delays.enable();
  await allUp;
  delays.disable();
  report({
    name: "subscribe-10000-connections",
    value: performance.now() - startMs,
    unit: "ms",
    note: "from the opening of the store until messages of all come in",
  });
  report({
    name: "subscribe-longest-stall",
    value: delays.max / nsPerMs,
    unit: "ms",
    note: "the longest time that nothing else could be done meanwhile",
  });
  await agent.agent.stop();
  open.close();
}
