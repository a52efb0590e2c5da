import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { VirtualClock } from "../../../core/clock/virtual.ts";
import { systemRandom } from "../../../core/crypto/random.ts";
import type { Connect } from "../../../core/transport/doors.ts";
import { TransportError } from "../../../core/transport/errors.ts";
import { memoryLink } from "../../../core/transport/memory.ts";
import { loadIdentityFiles } from "../../../relay/identity/folder.ts";
import { readIdentity } from "../../../relay/identity/identity.ts";
import { Relay } from "../../../relay/relay.ts";
import { limitDefaults } from "../../../relay/settings/limits.ts";
import { MemoryStore } from "../../../relay/store/memory/memory-store.ts";
import { localRelayData } from "./folder.ts";
import { LocalRelay } from "./local-relay.ts";

const root = mkdtempSync(join(tmpdir(), "sotto-local-relay-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

/** A relay on this machine whose process begins to answer so long after its start, or ends at once: undefined. */
async function machine(answersAfterMs: (start: number) => number | undefined) {
  const clock = new VirtualClock(Date.UTC(2026, 5, 1));
  const folder = join(root, `${folders++}`);
  const data = await localRelayData(folder, systemRandom, clock.nowMs());
  writeFileSync(join(folder, "relay.log"), "what the relay said last\n");
  const relay = new Relay({
    identity: readIdentity(loadIdentityFiles(join(folder, "identity")), clock.nowMs()),
    store: new MemoryStore(),
    clock,
    random: systemRandom,
    newQueues: true,
    password: undefined,
    report: (error) => {
      throw error;
    },
    limits: limitDefaults,
  });
  let answers = false;
  const connect: Connect = () => {
    if (!answers) return Promise.reject(new TransportError("network", "cannot connect: relay is not there"));
    const link = memoryLink({ clock, sessionId: systemRandom(32) });
    void relay.accept(link.server, "127.0.0.1");
    return Promise.resolve(link.client);
  };
  let starts = 0;
  const local = new LocalRelay({
    folder,
    connect,
    clock,
    random: systemRandom,
    onAnswer: () => undefined,
    startProcess: () => {
      const afterMs = answersAfterMs(++starts);
      if (afterMs !== undefined)
        clock.after(afterMs, () => {
          answers = true;
        });
      return { hasEnded: () => afterMs === undefined };
    },
  });
  /** The address, or why there is none. */
  const start = async (): Promise<string> => {
    let result: string | undefined;
    local.start().then(
      (address) => {
        result = address;
      },
      (error: unknown) => {
        result = String(error);
      },
    );
    await clock.until(() => result !== undefined, 120_000);
    return result ?? "";
  };
  return { address: data.address, start, starts: () => starts };
}

test("a relay that takes its time is waited for, and started once", async () => {
  const { address, start, starts } = await machine(() => 20_000);
  expect(await start()).toBe(address);
  expect(starts()).toBe(1);
});

test("one that ends because another is just ending is started again, and waited for", async () => {
  const { address, start, starts } = await machine((count) => (count < 3 ? undefined : 20_000));
  expect(await start()).toBe(address);
  expect(starts()).toBe(3);
});

test("one that ends each time is given up, with what it said", async () => {
  const { start, starts } = await machine(() => undefined);
  expect(await start()).toContain("did not start: what the relay said last.");
  expect(starts()).toBeLessThan(7);
});

test("one that does not answer is given up", async () => {
  const { start, starts } = await machine(() => 200_000);
  expect(await start()).toContain("did not start in time");
  expect(starts()).toBe(1);
});
