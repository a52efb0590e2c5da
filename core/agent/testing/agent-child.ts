import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./agent-process.ts", import.meta.url));

/** What an agent in a process of its own can be told to do. `relay` is the position of one of its relays. */
export type AgentCommand =
  /** Gives the full link of a new invitation or address. */
  | { readonly do: "invite" | "address"; readonly relay: number }
  /** Joins by a full link; both sides know the connection by this name of letters, digits and `_`. */
  | { readonly do: "join"; readonly relay: number; readonly link: string; readonly name: string }
  /** Sends the numbers from the first not yet sent to the one before `upTo`, each as the text of a message. */
  | { readonly do: "send"; readonly name: string; readonly upTo: number }
  /** Gives the texts that were received, in their order. */
  | { readonly do: "shown"; readonly name: string }
  /** Gives how many messages no relay has yet. */
  | { readonly do: "pending"; readonly name: string };

/** Where a connection stands. */
export interface Told {
  readonly type: "joined" | "connected";
  readonly name: string;
}

/** What such an agent prints. */
export type AgentLine =
  | Told
  /** A message was received, the `count`th of its connection. */
  | { readonly type: "shown"; readonly name: string; readonly count: number }
  /** An error, a message that failed, or one with something wrong about it. */
  | { readonly type: "complaint"; readonly about: string }
  | { readonly type: "done"; readonly number: number; readonly result: unknown };

/** An agent in a process of its own, which can be killed and started again over the same folder. */
export class AgentChild {
  readonly #arguments: readonly string[];
  #child: ChildProcess | undefined;
  /** How many messages were shown, by connection. */
  readonly shown = new Map<string, number>();
  readonly told: Told[] = [];
  readonly complaints: string[] = [];
  /** Commands that are not answered yet: a new process gets them again. */
  readonly #open = new Map<number, { readonly command: AgentCommand; done(result: unknown): void }>();
  #commands = 0;
  #waiting: (() => void)[] = [];

  /** @param relays their addresses; the agent has a profile for each */
  constructor(folder: string, relays: readonly string[]) {
    this.#arguments = ["--no-warnings", program, folder, ...relays];
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  start(): void {
    const child = spawn(process.execPath, this.#arguments, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    // What is written to a process that was just killed is lost, as it should be.
    child.stdin.on("error", () => undefined);
    createInterface({ input: child.stdout }).on("line", (line) => {
      // The last line of a process that is killed may be cut off.
      if (line.endsWith("}")) this.#print(JSON.parse(line) as AgentLine);
    });
    for (const [number, { command }] of this.#open) this.#write(number, command);
  }

  #print(line: AgentLine): void {
    if (line.type === "shown") this.shown.set(line.name, line.count);
    else if (line.type === "complaint") this.complaints.push(line.about);
    else if (line.type === "done") {
      this.#open.get(line.number)?.done(line.result);
      this.#open.delete(line.number);
    } else this.told.push(line);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #write(number: number, command: AgentCommand): void {
    this.#child?.stdin?.write(`${JSON.stringify({ number, ...command })}\n`);
  }

  /** Kills the process as `kill -9` does. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await closed;
  }

  async restart(): Promise<void> {
    await this.kill();
    this.start();
  }

  /** Waits until `holds`; looks again after each line that is printed, by this process or the next. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a command and waits for its result, however often the process is killed before that. */
  ask(command: AgentCommand): Promise<unknown> {
    const number = this.#commands++;
    return new Promise((done) => {
      this.#open.set(number, { command, done });
      this.#write(number, command);
    });
  }
}
