import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Bench, median, quantile } from "../core/testing/bench.ts";
import { bundle } from "../scripts/bundle.ts";
import { openLastOpen } from "./settings/last-open.ts";
import { openPty, type Pty } from "./testing/pty.ts";
import { seedStore } from "./testing/seed-store.ts";

const seed = { contacts: 1_000, messages: 100_000 } as const;
const starts = 5;
const text = "the quick brown fox jumps over it";
const pages = 100;
const size = { columns: 120, rows: 40, env: { COLORTERM: "truecolor" } } as const;
/** A frame that is on its way when a figure is read still belongs to it. */
const quietMs = 100;

/** The client as a user has it: bundled, over an encrypted store that was in use for long, in a pseudo-terminal. */
export const bench: Bench = async (report) => {
  const folder = "dist/bench";
  const program = fileURLToPath(new URL(`../${folder}/sotto.js`, import.meta.url));
  const data = mkdtempSync(join(tmpdir(), "sotto-bench-"));
  try {
    await bundle("tui/main.ts", `${folder}/sotto.js`);
    seedStore(join(data, "profiles", "bench"), join(data, "state"), seed, Date.now());
    openLastOpen(join(data, "last-open", "bench.json")).set(1);
    const start = () => openPty(process.execPath, [program, "--data", data, "--profile", "bench"], size);

    const startMs: number[] = [];
    const startCpuMs: number[] = [];
    for (let run = 0; run < starts; run++) {
      const from = performance.now();
      const pty = start();
      await pty.waitFor((shown) => shown.includes("write a message") && /quick brown fox/.test(shown));
      startMs.push(performance.now() - from);
      startCpuMs.push(cpuMs(pty.pid));
      await end(pty);
    }
    const note = "1,000 contacts, 100,000 messages, the last conversation open";
    report({ name: "start-to-first-usable-screen", value: median(startMs), unit: "ms", note });

    report({
      name: "start-cpu",
      value: median(startCpuMs),
      unit: "ms",
      note: "of the processor, up to that screen",
    });
    const pty = start();
    await pty.waitFor("write a message");
    await quiet();
    report({ name: "memory-after-start", value: memoryMb(pty.pid), unit: "MB" });
    await typing(pty, report);
    await scrolling(pty, report);
    report({ name: "memory-after-scrolling", value: memoryMb(pty.pid), unit: "MB" });
    const before = pty.bytesWritten();
    await new Promise((resolve) => setTimeout(resolve, 10 * quietMs));
    report({
      name: "bytes-while-idle",
      value: pty.bytesWritten() - before,
      unit: "B",
      note: "in one second",
    });
    await end(pty);
  } finally {
    rmSync(data, { recursive: true, force: true });
    rmSync(fileURLToPath(new URL(`../${folder}`, import.meta.url)), { recursive: true, force: true });
  }
};

async function typing(pty: Pty, report: Parameters<Bench>[0]): Promise<void> {
  const times: number[] = [];
  const bytes: number[] = [];
  let typed = "";
  const cpuBeforeMs = cpuMs(pty.pid);
  for (const character of text) {
    typed += character;
    const before = pty.bytesWritten();
    const from = performance.now();
    pty.write(character);
    // A space does not show: what comes after it is timed.
    await pty.waitFor(`▏ ${typed}`.trimEnd());
    if (character !== " ") times.push(performance.now() - from);
    await quiet();
    bytes.push(pty.bytesWritten() - before);
  }
  report({ name: "time-per-key", value: median(times), unit: "ms", note: "key to screen, median" });
  report({ name: "time-per-key-p95", value: quantile(times, 0.95), unit: "ms" });
  report({
    name: "cpu-per-key",
    value: (cpuMs(pty.pid) - cpuBeforeMs) / text.length,
    unit: "ms",
    note: "of the processor: drawing, and saving the draft",
  });
  report({
    name: "bytes-per-key",
    value: median(bytes),
    unit: "B",
    note: `120 x 40, at most ${Math.max(...bytes)}`,
  });
}

async function scrolling(pty: Pty, report: Parameters<Bench>[0]): Promise<void> {
  const before = pty.bytesWritten();
  const from = performance.now();
  for (let page = 0; page < pages; page++) {
    const shown = pty.text();
    pty.write("\x1b[5~");
    await pty.waitFor((now) => now !== shown);
  }
  report({
    name: "scroll-page",
    value: (performance.now() - from) / pages,
    unit: "ms",
    note: `${pages} pages up, loading as it goes`,
  });
  await quiet();
  report({ name: "scroll-page-bytes", value: (pty.bytesWritten() - before) / pages, unit: "B" });
}

function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, quietMs));
}

async function end(pty: Pty): Promise<void> {
  pty.write("\x03");
  await pty.exited;
}

/** Resident memory of a process; 0 where the system does not tell. */
function memoryMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Ticks of the kernel's clock in a second, as Linux has them for programs. */
const ticksPerSecond = 100;

/** Time that a process has had of the processor, in milliseconds; 0 where the system does not tell. */
function cpuMs(pid: number): number {
  try {
    // The name of the program, in brackets, may hold spaces: fields are counted from behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
  } catch {
    return 0;
  }
}
