import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ChatError } from "../../../core/chat/api.ts";
import { toChatError } from "../../../core/chat/engine/errors.ts";
import { type Clock, delay } from "../../../core/clock/clock.ts";
import type { Random } from "../../../core/crypto/random.ts";
import type { SmpClient } from "../../../core/smp/client/client.ts";
import { connectClient } from "../../../core/smp/client/connect.ts";
import { translated } from "../../../core/store/sqlite/translated.ts";
import type { Connect } from "../../../core/transport/doors.ts";
import { TransportError } from "../../../core/transport/errors.ts";
import { type LocalRelayData, localRelayData } from "./folder.ts";
import { relayProgram } from "./program.ts";

export interface LocalRelayOptions {
  /** The folder of the relay's data, the same for all who share it. */
  readonly folder: string;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  /** The relay answers, for the first time or again. */
  readonly onAnswer: () => void;
  /** Starts a process of the relay; the real one unless said otherwise. */
  readonly startProcess?: (data: LocalRelayData) => StartedProcess;
}

/** A process of the relay that was started. */
export interface StartedProcess {
  hasEnded(): boolean;
}

/** Milliseconds that the relay may take from its start to its first answer. */
const startTimeoutMs = 30_000;
const pollMs = 50;
/**
 * Milliseconds that another client's relay may take when ours has ended at once, as that one has the port or the data:
 * to answer, if it was just starting, or to end, if it was just ending.
 */
const otherTimeoutMs = 5_000;
/** Milliseconds between two starts of the relay. */
const restartMs = 1_000;
const retryMs = { first: 1_000, max: 30_000 };
const fileMode = 0o600;
/** A longer log is begun anew at the next start. */
const logBytesMax = 1_048_576;

/**
 * The relay on this machine: one process for all clients of this user, of whom none owns it. Each client starts it if
 * it does not run, and keeps a connection to it; the relay ends by itself when it has had no connection for a
 * while. So it outlives whoever started it, whatever way that ended, and never stays behind for long.
 */
export class LocalRelay {
  readonly #options: LocalRelayOptions;
  #started: Promise<string> | undefined;
  #lease: SmpClient | undefined;
  #released = false;

  constructor(options: LocalRelayOptions) {
    this.#options = options;
  }

  /** Starts the relay unless it runs, and sees to it that it runs until `release`; its address. @throws ChatError */
  start(): Promise<string> {
    this.#started ??= this.#start().catch((error: unknown) => {
      this.#started = undefined;
      throw toChatError(error);
    });
    return this.#started;
  }

  /** Needs the relay no more. */
  release(): void {
    this.#released = true;
    this.#lease?.close();
  }

  async #start(): Promise<string> {
    const { folder, random, clock } = this.#options;
    const data = await localRelayData(folder, random, clock.nowMs());
    const lease = await this.#ensure(data);
    this.#keep(data, lease);
    return data.address;
  }

  /** A connection to the relay, which is started when there is none. */
  async #ensure(data: LocalRelayData): Promise<SmpClient> {
    const { clock, startProcess = startRelay } = this.#options;
    const running = await this.#tryConnect(data);
    if (running !== undefined) return running;
    let child = startProcess(data);
    let startedMs = clock.monotonicMs();
    let endedMs: number | undefined;
    while (!this.#released) {
      const client = await this.#tryConnect(data);
      if (client !== undefined) return client;
      const nowMs = clock.monotonicMs();
      if (child.hasEnded()) {
        endedMs ??= nowMs;
        if (nowMs - endedMs >= otherTimeoutMs) break;
        if (nowMs - startedMs >= restartMs) {
          child = startProcess(data);
          startedMs = nowMs;
        }
      } else if (nowMs - startedMs >= startTimeoutMs) break;
      await delay(clock, pollMs);
    }
    throw new ChatError(
      "relayUnreachable",
      `The relay on this machine did not start${endedMs === undefined ? " in time" : ""}: ${lastLine(data)}`,
    );
  }

  /** Undefined when nothing answers. @throws ChatError when something else answers */
  async #tryConnect({ relay, port }: LocalRelayData): Promise<SmpClient | undefined> {
    const { connect, clock, random } = this.#options;
    try {
      return await connectClient(connect, relay, { clock, random }, "local relay");
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      if (error.retryable) return undefined;
      throw new ChatError(
        "relayUnreachable",
        `Another program answers on port ${port}, where the relay on this machine belongs. End it, then try again.`,
        { cause: error },
      );
    }
  }

  #keep(data: LocalRelayData, lease: SmpClient): void {
    if (this.#released) {
      lease.close();
      return;
    }
    this.#lease = lease;
    this.#options.onAnswer();
    void lease.closed.then(() => this.#restore(data));
  }

  /** The relay has gone: whoever of its clients is first starts it again. */
  async #restore(data: LocalRelayData): Promise<void> {
    const { clock } = this.#options;
    for (let waitMs = retryMs.first; !this.#released; waitMs = Math.min(2 * waitMs, retryMs.max)) {
      try {
        this.#keep(data, await this.#ensure(data));
        return;
      } catch {
        // The state of the relay says that it is down; this goes on trying.
        await delay(clock, waitMs);
      }
    }
  }
}

function logFile(data: LocalRelayData): string {
  return join(data.folder, "relay.log");
}

/** Starts the relay apart from this process: in a session of its own, without our terminal. */
function startRelay(data: LocalRelayData): StartedProcess {
  const { file, args, env } = relayProgram(data);
  const path = logFile(data);
  // Another client may be starting the relay at the same time: both only add to the log.
  const isLong = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > logBytesMax;
  const log = translated(`write ${path}`, () => openSync(path, isLong ? "w" : "a", fileMode));
  let child: ChildProcess;
  try {
    child = spawn(file, args, { cwd: data.folder, env, detached: true, stdio: ["ignore", log, log] });
  } finally {
    closeSync(log);
  }
  let failed = false;
  child.on("error", () => {
    failed = true;
  });
  child.unref();
  return { hasEnded: () => failed || child.exitCode !== null || child.signalCode !== null };
}

/** What the relay said last. */
function lastLine(data: LocalRelayData): string {
  const lines = readFileSync(logFile(data), "utf8").split("\n");
  const last = lines.findLast((line) => line.trim() !== "") ?? "it said nothing";
  return `${last.slice(0, 200).replace(/\.?$/, ".")}`;
}
