import process from "node:process";
import { spawn } from "@lydell/node-pty";
import headless, { type Terminal as XTerminal } from "@xterm/headless";
import { unicodeWidths } from "./unicode-widths.ts";

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The background of the terminal, as it answers when asked (OSC 11): "rgb:ffff/ffff/ffff". */
  readonly background?: string;
  /** The terminal answers no question at all. */
  readonly silent?: boolean;
}

/** A program in a pseudo-terminal, with the screen that a person would see. */
export interface Pty {
  readonly terminal: XTerminal;
  /** Bytes that the program has written so far. */
  readonly bytesWritten: () => number;
  /** All the text that the program has written, with its sequences; for what does not show on the screen. */
  readonly output: () => string;
  /** The rows of the screen, without spaces at their ends. */
  screen(): string[];
  text(): string;
  write(data: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves when `condition` holds for the screen. @throws Error with the screen after `limitMs` */
  waitFor(condition: string | RegExp | ((text: string) => boolean), limitMs?: number): Promise<string>;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<{ readonly exitCode: number; readonly signal: number | undefined }>;
  kill(signal?: string): void;
  /**
   * Kills the program, if it still runs, and resolves when its end was noticed. To be awaited before a test file ends:
   * the thread that waits for the program must not call into a worker that is gone, which aborts the whole process.
   */
  close(): Promise<void>;
  readonly pid: number;
}

const waitLimitMs = 60_000;

export function openPty(file: string, args: readonly string[], options: PtyOptions = {}): Pty {
  const columns = options.columns ?? 80;
  const rows = options.rows ?? 24;
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
  terminal.unicode.register(unicodeWidths);
  terminal.unicode.activeVersion = unicodeWidths.version;
  const child = spawn(file, [...args], {
    cols: columns,
    rows,
    name: options.env?.["TERM"] ?? "xterm-256color",
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...process.env, CI: "", NO_COLOR: "", TMUX: undefined, ...options.env },
  });
  const listeners = new Set<() => void>();
  let bytes = 0;
  let output = "";
  child.onData((data) => {
    bytes += Buffer.byteLength(data);
    output += data;
    terminal.write(data, () => {
      for (const listener of listeners) listener();
    });
  });
  // Answers of the terminal to questions of the program.
  if (options.silent !== true) terminal.onData((data) => child.write(data));
  if (options.background !== undefined) {
    terminal.parser.registerOscHandler(11, (data) => {
      if (data === "?") child.write(`\x1b]11;${options.background}\x1b\\`);
      return true;
    });
  }
  let running = true;
  const exited = new Promise<{ exitCode: number; signal: number | undefined }>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      running = false;
      resolve({ exitCode, signal });
      for (const listener of listeners) listener();
    });
  });
  const screen = () => {
    const buffer = terminal.buffer.active;
    return Array.from(
      { length: terminal.rows },
      (_, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? "",
    );
  };
  const text = () => screen().join("\n");
  return {
    terminal,
    bytesWritten: () => bytes,
    output: () => output,
    screen,
    text,
    write: (data) => child.write(data),
    resize: (newColumns, newRows) => {
      terminal.resize(newColumns, newRows);
      child.resize(newColumns, newRows);
    },
    waitFor: (condition, limitMs = waitLimitMs) =>
      new Promise((resolve, reject) => {
        const holds = (shown: string): boolean =>
          typeof condition === "string"
            ? shown.includes(condition)
            : condition instanceof RegExp
              ? condition.test(shown)
              : condition(shown);
        const check = () => {
          const shown = text();
          if (!holds(shown)) return;
          done();
          resolve(shown);
        };
        const timer = setTimeout(() => {
          done();
          reject(new Error(`cannot see ${String(condition)} on the screen:\n${text()}`));
        }, limitMs);
        const done = () => {
          clearTimeout(timer);
          listeners.delete(check);
        };
        listeners.add(check);
        check();
      }),
    exited,
    kill: (signal) => child.kill(signal),
    close: async () => {
      if (running) child.kill("SIGKILL");
      await exited;
    },
    pid: child.pid,
  };
}
