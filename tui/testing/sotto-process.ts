import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ChatEvent } from "../../core/chat/api.ts";

const program = fileURLToPath(new URL("../main.ts", import.meta.url));
const limitMs = 60_000;

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export interface RunOptions {
  readonly profile?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder of data for the processes of one test, with a relay that stops soon after them. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), "sotto-test-"));
  readonly #running = new Set<ChildProcessWithoutNullStreams>();

  /** Runs one command to its end. */
  async run(
    args: readonly string[],
    { profile = "default", input = "", env = {} }: RunOptions = {},
  ): Promise<Ended> {
    const child = this.#spawn(["--data", this.folder, "--profile", profile, ...args], env);
    let [out, error] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      error += text;
    });
    child.stdin.on("error", () => undefined).end(input);
    return { code: await exitOf(child), out, error };
  }

  /** Starts `sotto rpc`. */
  rpc({ profile = "default", env = {} }: RunOptions = {}): RpcProcess {
    return new RpcProcess(this.#spawn(["--data", this.folder, "--profile", profile, "rpc"], env));
  }

  /** Starts a command that goes on; its lines of output as they come. */
  start(args: readonly string[], { profile = "default", env = {} }: RunOptions = {}): LineProcess {
    return new LineProcess(this.#spawn(["--data", this.folder, "--profile", profile, ...args], env));
  }

  /** Whether the relay on this machine answers. */
  relayAnswers(): Promise<boolean> {
    return relayAnswers(this.folder);
  }

  /** Ends all processes, waits for the relay to end by itself, and removes the folder. */
  async close(): Promise<void> {
    for (const child of this.#running) child.kill("SIGKILL");
    await removeData(this.folder);
  }

  #spawn(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams {
    const { SOTTO_PASSPHRASE: _, SOTTO_NEW_PASSPHRASE: __, ...own } = process.env;
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...own, SOTTO_RELAY_STOP_WHEN_IDLE: "2s", ...env },
    });
    this.#running.add(child);
    child.once("exit", () => this.#running.delete(child));
    return child;
  }
}

/** A command that runs, with its lines of output. */
export class LineProcess {
  readonly lines: string[] = [];
  readonly exit: Promise<number | null>;
  error = "";
  readonly child: ChildProcessWithoutNullStreams;
  readonly #watchers = new Set<() => void>();

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    this.exit = exitOf(child);
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.lines.push(line);
      this.onLine(line);
      for (const watcher of this.#watchers) watcher();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.error += text;
    });
    child.stdin.on("error", () => undefined);
  }

  protected onLine(_line: string): void {}

  /** Resolves with the first value that is found, now or after a further line. */
  waitFor<T>(find: () => T | undefined, what = String(find)): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(look);
        reject(
          new Error(`it did not happen in time: ${what}\n${this.error}${this.lines.slice(-10).join("\n")}`),
        );
      }, limitMs);
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(found);
      };
      this.#watchers.add(look);
      look();
    });
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exit;
  }
}

interface Answer {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: ChatEvent;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** `sotto rpc` as a program uses it. */
export class RpcProcess extends LineProcess {
  readonly events: ChatEvent[] = [];
  readonly #answers = new Map<unknown, Answer>();
  #id = 0;

  protected override onLine(line: string): void {
    // A process of the test itself: its lines are what the API says they are.
    const answer = JSON.parse(line) as Answer;
    if (answer.method === "event" && answer.params !== undefined) this.events.push(answer.params);
    else this.#answers.set(answer.id, answer);
  }

  /** The result of a method, of the type that the API says. @throws Error with the message of an error answer */
  async call<T>(method: string, params?: object): Promise<T> {
    const id = ++this.#id;
    this.write({ jsonrpc: "2.0", id, method, params });
    const { error, result } = await this.waitFor(() => this.#answers.get(id), method);
    if (error !== undefined) throw new Error(`${method}: ${error.code} ${error.message}`);
    return result as T;
  }

  write(value: unknown): void {
    this.child.stdin.write(`${JSON.stringify(value)}\n`);
  }

  /** The first event, past or to come, of a type that meets a condition. */
  event<T extends ChatEvent["type"]>(
    type: T,
    condition: (event: Extract<ChatEvent, { type: T }>) => boolean = () => true,
  ): Promise<Extract<ChatEvent, { type: T }>> {
    const is = (event: ChatEvent): event is Extract<ChatEvent, { type: T }> => event.type === type;
    return this.waitFor(() => this.events.filter(is).find(condition), `${type} ${condition}`);
  }

  /** Ends the input and waits for the end of the program. */
  end(): Promise<number | null> {
    this.child.stdin.end();
    return this.exit;
  }
}

/** Whether the relay answers whose data are in this folder. */
async function relayAnswers(folder: string): Promise<boolean> {
  const path = join(folder, "relay", "local.json");
  if (!existsSync(path)) return false;
  const [port] = /\d+/.exec(readFileSync(path, "utf8")) ?? [];
  return fetch(`http://127.0.0.1:${port}/health`).then(
    (answer) => answer.ok,
    () => false,
  );
}

/** Removes a folder of data that nobody uses any more, as soon as the relay has ended by itself. */
export async function removeData(folder: string): Promise<void> {
  await until(async () => !(await relayAnswers(folder)), "the relay stops after its last client");
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Resolves when a condition holds that nothing tells of. */
export async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`it did not happen in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function exitOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
}
