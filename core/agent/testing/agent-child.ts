import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./agent-process.ts", import.meta.url));

type Line = Readonly<Record<string, unknown>>;

/** An agent in a process of its own, which can be killed and started again over the same folder. */
export class AgentChild {
  readonly #folder: string;
  readonly #relay: string;
  #child: ChildProcess;
  readonly lines: Line[] = [];
  #waiting: (() => void)[] = [];

  constructor(folder: string, relay: string) {
    this.#folder = folder;
    this.#relay = relay;
    this.#child = this.#start();
  }

  #start(): ChildProcess {
    const child = spawn(process.execPath, ["--no-warnings", program, this.#folder, this.#relay], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    // What is written to a process that was just killed is lost, as it should be.
    child.stdin?.on("error", () => undefined);
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.lines.push(JSON.parse(line) as Line);
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const wake of waiting) wake();
      });
    }
    return child;
  }

  /** Kills the process as `kill -9` does, and starts it again. */
  async restart(): Promise<void> {
    await this.kill();
    this.#child = this.#start();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await exited;
  }

  write(command: Line): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** Waits until a line that was printed after the first `from` ones fits. */
  async until(fits: (line: Line) => boolean, from = 0): Promise<Line> {
    for (;;) {
      const found = this.lines.slice(from).find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Gives a command and waits for its result. */
  async ask(command: Line): Promise<unknown> {
    const from = this.lines.length;
    this.write(command);
    return (await this.until((line) => line["type"] === "done" && line["do"] === command["do"], from))[
      "result"
    ];
  }
}
