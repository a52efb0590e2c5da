import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { expire } from "./maintenance.ts";
import { kvStore } from "./store/kv/kv-store.ts";
import { MemoryStore } from "./store/memory/memory-store.ts";
import { openSqliteStore } from "./store/sqlite/open.ts";
import type { QueueStore } from "./store/store.ts";
import { clientCount, queueCount, type Step, SteppingClients, stepKinds } from "./testing/any-order.ts";
import { MemoryKv } from "./testing/memory-kv.ts";
import { temporaryFolder } from "./testing/process.ts";
import { testRelay } from "./testing/relay.ts";

const step = fc.record<Step>({
  kind: fc.constantFrom(...stepKinds),
  client: fc.nat(clientCount - 1),
  queue: fc.nat(queueCount - 1),
  slip: fc.constantFrom(...Array(20).fill("none"), "other key", "other id", "unsigned"),
  variant: fc.nat(3),
});
const steps = fc.array(step, { minLength: 100, maxLength: 300, size: "max" });

const laterMs = 8 * 24 * 3_600_000;

async function start(store: QueueStore) {
  const test = testRelay({ store, limits: { queueQuota: 3, notificationQuota: 3 } });
  const clients = await SteppingClients.connect(test.connect, async () => {
    await test.clock.advance(laterMs);
    await expire(test.relay);
  });
  return { ...test, clients };
}

it("whatever clients do, in whatever order, a relay answers, and the same on every store", async () => {
  const told: string[] = [];
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const { path, remove } = temporaryFolder();
      const stores = [new MemoryStore(), openSqliteStore(join(path, "relay.db")), kvStore(new MemoryKv())];
      const relays = await Promise.all(stores.map(start));
      try {
        for (const step of taken) {
          const [first = [], ...others] = await Promise.all(relays.map(({ clients }) => clients.take(step)));
          for (const other of others) expect(other).toEqual(first);
          told.push(...first);
        }
        for (const { errors } of relays) expect(errors).toEqual([]);
      } finally {
        for (const { clients } of relays) clients.close();
        await Promise.all(relays.map(({ relay }) => relay.stop()));
        remove();
      }
    }),
    { numRuns: 12, seed: 5 },
  );
  const kinds = new Set(told.map((line) => line.split(" ").slice(1, 3).join(" ")));
  for (const kind of ["gets SOK", "gets MSG", "gets INFO", "gets LNK", "gets NID"])
    expect(kinds).toContain(kind);
  for (const kind of ["hears MSG", "hears NMSG", "hears END", "hears DELD"]) expect(kinds).toContain(kind);
});
