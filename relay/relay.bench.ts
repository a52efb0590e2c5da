import { readFileSync } from "node:fs";
import { type Bench, type Figure, quantile } from "../core/testing/bench.ts";
import { connectLoad, Load, loadKeys, makeQueue } from "./testing/load.ts";
import {
  type RelayProcess,
  type RuntimeName,
  startRelayProcess,
  temporaryFolder,
} from "./testing/process.ts";

const messageLength = 16_000;
const connectionsEachSide = 8;
const queuesUnderLoad = 128;
const warmUpMessages = 1500;
const measuredMessages = 4000;
const queuesMeasured = 1000;
const queuesInMemory = 10_000;
const connectionsInMemory = 2000;
/** Ticks of the processor clock a second, as Linux reports them. */
const ticksPerSecond = 100;

/** Seconds of processor time that a process has used, with all its threads. */
function cpuSeconds({ child: { pid } }: RelayProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Megabytes of memory that a process has in use. */
function rss({ child: { pid } }: RelayProcess): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

async function withRelay(runtime: RuntimeName, run: (relay: RelayProcess) => Promise<void>): Promise<void> {
  const { path, remove } = temporaryFolder();
  const relay = await startRelayProcess(runtime, path, ["--new-queues-per-minute", "0"]);
  try {
    await run(relay);
  } finally {
    relay.child.kill("SIGKILL");
    await relay.exited;
    remove();
  }
}

/** Runs `count` jobs, some at a time. */
async function inParallel(
  count: number,
  parallel: number,
  job: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (next < count) await job(next++);
    }),
  );
}

/** Messages through one door: processor time, throughput, and latency when there is little else to do. */
async function messages(
  relay: RelayProcess,
  door: "tls" | "web",
  report: (figure: Figure) => void,
  suffix: string,
) {
  const connect = (_: unknown, __: number) => connectLoad(relay, door);
  const each = { length: connectionsEachSide };
  const senders = await Promise.all(Array.from(each, connect));
  const recipients = await Promise.all(Array.from(each, connect));
  const at = <T>(all: readonly T[], index: number): T => {
    const one = all[index % all.length];
    if (one === undefined) throw new RangeError("there is none");
    return one;
  };
  const queues = await Promise.all(
    Array.from({ length: queuesUnderLoad }, (_, i) => makeQueue(at(recipients, i), at(senders, i))),
  );
  const load = new Load(queues, (index) => at(senders, index), recipients);
  await load.run(queues, warmUpMessages, messageLength);
  const before = cpuSeconds(relay);
  const { seconds } = await load.run(queues, measuredMessages, messageLength);
  const cpu = cpuSeconds(relay) - before;
  report({ name: `cpu-per-1000-messages${suffix}`, value: (cpu * 1000) / measuredMessages, unit: "s" });
  report({ name: `messages-per-second${suffix}`, value: measuredMessages / seconds, unit: "1/s" });
  const few = queues.slice(0, 4);
  const { latenciesMs } = await load.run(few, 400, messageLength);
  const note = "4 queues, one message at a time through each";
  report({ name: `latency-p50${suffix}`, value: quantile(latenciesMs, 0.5), unit: "ms", note });
  report({ name: `latency-p99${suffix}`, value: quantile(latenciesMs, 0.99), unit: "ms", note });
  for (const client of [...senders, ...recipients]) client.close();
}

async function queuesAndMemory(relay: RelayProcess, report: (figure: Figure) => void): Promise<void> {
  const [recipient, sender] = [await connectLoad(relay, "tls"), await connectLoad(relay, "tls")];
  const keys = loadKeys();
  const make = async () => {
    await makeQueue(recipient, sender, keys);
  };
  await inParallel(500, 64, make);
  const before = cpuSeconds(relay);
  await inParallel(queuesMeasured, 64, make);
  const cpu = cpuSeconds(relay) - before;
  report({
    name: "cpu-per-1000-queues",
    value: (cpu * 1000) / queuesMeasured,
    unit: "s",
    note: "created and secured",
  });
  await inParallel(queuesInMemory - queuesMeasured - 500, 64, make);
  report({ name: "rss-10000-queues", value: rss(relay), unit: "MB", note: "of the whole process" });
  await inParallel(connectionsInMemory, 16, async () => {
    await connectLoad(relay, "tls");
  });
  const note = "of the whole process, with the queues";
  report({ name: "rss-2000-connections", value: rss(relay), unit: "MB", note });
}

/** What the relay costs, in a process of its own, with the SQLite store on; our own client makes the load. */
export const bench: Bench = async (report) => {
  await withRelay("node", (relay) => messages(relay, "tls", report, ""));
  await withRelay("node", (relay) => messages(relay, "web", report, "-websocket"));
  await withRelay("deno", (relay) => messages(relay, "web", report, "-websocket-deno"));
  await withRelay("node", (relay) => queuesAndMemory(relay, report));
};
