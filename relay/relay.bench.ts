import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Bench, type Figure, quantile } from "../core/testing/bench.ts";
import { connectLoad, Load, loadKeys, makeQueue } from "./testing/load.ts";
import {
  type RelayProcess,
  type RelayProcessOptions,
  type RuntimeName,
  startRelayProcess,
  temporaryFolder,
} from "./testing/process.ts";

const messageLength = 16_000;
const connectionsEachSide = 8;
const queuesUnderLoad = 128;
/** Until V8 has compiled what a relay runs all day. */
const warmUpMessages = 4000;
const measuredMessages = 4000;
const queuesMeasured = 1000;
const queuesInMemory = 10_000;
const connectionsInMemory = 2000;
/** What an operator runs on Node: the bundle, with the setting that the systemd unit makes. */
const builtRelay: RelayProcessOptions = {
  script: fileURLToPath(new URL("../dist/relay.js", import.meta.url)),
  environment: { NODE_OPTIONS: "--max-semi-space-size=8" },
};
/** Ticks of the processor clock a second, as Linux reports them. */
const ticksPerSecond = 100;

/** Seconds of processor time that a process has used, with all its threads. */
function cpuSeconds({ child: { pid } }: RelayProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Megabytes of memory that a process has in use, and how many of them are pages of its program files. */
function rss({ child: { pid } }: RelayProcess): { readonly value: number; readonly files: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  return { value: megabytes("VmRSS"), files: megabytes("RssFile") };
}

async function withRelay(runtime: RuntimeName, run: (relay: RelayProcess) => Promise<void>): Promise<void> {
  const { path, remove } = temporaryFolder();
  const flags = ["--new-queues-per-minute", "0"];
  const relay = await startRelayProcess(runtime, path, flags, runtime === "node" ? builtRelay : {});
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
  const memory = (name: string, note: string): void => {
    const { value, files } = rss(relay);
    report({ name, value, unit: "MB", note: `${note}; ${files.toFixed(0)} of them program files` });
  };
  memory("rss-at-rest", "of the whole process");
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
  memory("rss-10000-queues", "of the whole process");
  await inParallel(connectionsInMemory, 16, async () => {
    await connectLoad(relay, "tls");
  });
  memory("rss-2000-connections", "of the whole process, with the queues");
}

/** What the relay costs, in a process of its own, with the SQLite store on; our own client makes the load. */
export const bench: Bench = async (report) => {
  execFileSync(process.execPath, [fileURLToPath(new URL("../scripts/relay-bundle.ts", import.meta.url))]);
  await withRelay("node", (relay) => messages(relay, "tls", report, ""));
  await withRelay("node", (relay) => messages(relay, "web", report, "-websocket"));
  await withRelay("deno", (relay) => messages(relay, "web", report, "-websocket-deno"));
  await withRelay("node", (relay) => queuesAndMemory(relay, report));
};
