import process from "node:process";
import { afterEach, describe, expect, it } from "vitest";
import { type RelayProcess, startRelayProcess, temporaryFolder } from "../../relay/testing/process.ts";
import { base64urlEncode } from "../bytes/index.ts";
import { reproducible } from "../testing/fuzz.ts";
import { AgentChild } from "./testing/agent-child.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const { path, remove } = temporaryFolder();
  cleanups.push(remove);
  return path;
}

/** A relay on a port that it keeps when it is started again. */
async function startRelay(
  path: string,
  door: "tls" | "web",
  port = 0,
): Promise<{ relay: RelayProcess; address: string; port: number }> {
  const flags = ["--new-queues-per-minute", "0", ...(port === 0 ? [] : [`--${door}-port`, String(port)])];
  const relay = await startRelayProcess("node", path, flags);
  cleanups.push(() => relay.child.kill("SIGKILL"));
  const open = relay.ports.get(door) ?? 0;
  return { relay, port: open, address: `smp://${base64urlEncode(relay.keyHash)}@127.0.0.1:${open}` };
}

function startAgent(address: string): AgentChild {
  const agent = new AgentChild(folder(), address);
  cleanups.push(() => agent.kill());
  return agent;
}

/** The run that is required is of 1,000, which takes two minutes: `SOTTO_TEST_MESSAGES=1000`. */
const countEachWay = Number(process.env["SOTTO_TEST_MESSAGES"] ?? 200);
const batch = 10;

describe.each(["tls", "web"] as const)(
  "two agents and a relay in processes of their own, over its %s door",
  (door) => {
    it(`exchange ${countEachWay} messages each way while all are killed at random: nothing is lost, nothing comes twice`, {
      timeout: 240_000,
    }, async () => {
      const relayFolder = folder();
      let { relay, address, port } = await startRelay(relayFolder, door);
      const alice = startAgent(address);
      const bob = startAgent(address);
      const kind = door === "tls" ? "invite" : "address";
      const made = (await alice.ask({ do: kind })) as { fullLink: string; connection: string };
      const b = (await bob.ask({ do: "join", link: made.fullLink })) as string;
      const connected = await alice.until(({ type }) => type === "connected");
      const a = String(connected["connection"]);
      await bob.until(({ type }) => type === "connected");

      const next = reproducible(door === "tls" ? 3 : 4);
      const sent = { a: 0, b: 0 };
      const sendBatch = (agent: AgentChild, connection: string, key: "a" | "b") => {
        const texts = Array.from({ length: batch }, () => `${key}${sent[key]++}`);
        return agent.ask({ do: "send", connection, texts });
      };
      while (sent.a < countEachWay) {
        await Promise.all([sendBatch(alice, a, "a"), sendBatch(bob, b, "b")]);
        const roll = next() % 20;
        if (roll === 0) await alice.restart();
        else if (roll === 1) await bob.restart();
        else if (roll === 2) {
          relay.child.kill("SIGKILL");
          await relay.exited;
          ({ relay, address, port } = await startRelay(relayFolder, door, port));
        }
      }
      const shownAll = ({ type, count }: Readonly<Record<string, unknown>>) =>
        type === "shown" && count === countEachWay;
      await Promise.all([alice.until(shownAll), bob.until(shownAll)]);
      const texts = (key: string) => Array.from({ length: countEachWay }, (_, i) => `${key}${i}`);
      expect(await bob.ask({ do: "shown" })).toEqual(texts("a"));
      expect(await alice.ask({ do: "shown" })).toEqual(texts("b"));
      expect(
        [...alice.lines, ...bob.lines].filter(({ type }) => type === "error" || type === "failed"),
      ).toEqual([]);
    });
  },
);
