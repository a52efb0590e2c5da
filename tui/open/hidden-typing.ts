import process from "node:process";
import { ChatError } from "../../core/chat/api.ts";

const ctrlC = "\x03";
const ctrlD = "\x04";
const ctrlU = "\x15";

let typing: HiddenTyping | undefined;

/**
 * Runs `work`, in which the person at the terminal is asked; nothing that is typed meanwhile is shown, also what comes
 * between two questions or ahead of one. Does nothing else when standard input is no terminal. May be nested.
 */
export async function withHiddenTyping<T>(work: () => Promise<T>): Promise<T> {
  if (typing !== undefined || process.stdin.isTTY !== true) return work();
  const own = new HiddenTyping();
  typing = own;
  try {
    return await work();
  } finally {
    typing = undefined;
    own.end();
  }
}

/**
 * Asks on standard error, without showing what is typed.
 * @throws ChatError closed at Ctrl-C, and at Ctrl-D when nothing is typed
 */
export function askHidden(question: string): Promise<string> {
  return withHiddenTyping(async () => {
    if (typing === undefined) throw new ChatError("badArgument", "There is no terminal to ask at.");
    return typing.ask(question);
  });
}

/** The terminal without echo. What is typed waits for the next question. */
class HiddenTyping {
  readonly #decoder = new TextDecoder();
  #ahead: string[] = [];
  #wake: () => void = () => undefined;

  constructor() {
    // Before the first question, so that not even the quickest typist sees a letter.
    process.stdin.setRawMode(true);
    process.stdin.on("data", this.#onData).resume();
  }

  async ask(question: string): Promise<string> {
    process.stderr.write(question);
    let typed = "";
    try {
      for (;;) {
        const char = await this.#next();
        if (char === "\r" || char === "\n") return typed;
        if (char === ctrlC || (char === ctrlD && typed === ""))
          throw new ChatError("closed", "Stopped. Nothing was changed.");
        if (char === ctrlU) typed = "";
        else if (char === "\x7f" || char === "\b") typed = typed.replace(/.$/su, "");
        else if (char >= " ") typed += char;
      }
    } finally {
      process.stderr.write("\n");
    }
  }

  /** Gives the terminal back, and what answered no question to whoever reads next. */
  end(): void {
    process.stdin.off("data", this.#onData).pause().setRawMode(false);
    // With echo on, the terminal would have made a signal of it.
    if (this.#ahead.includes(ctrlC)) process.kill(process.pid, "SIGINT");
    else if (this.#ahead.length > 0) process.stdin.unshift(this.#ahead.join(""), "utf8");
  }

  readonly #onData = (chunk: Uint8Array | string): void => {
    this.#ahead.push(...(typeof chunk === "string" ? chunk : this.#decoder.decode(chunk, { stream: true })));
    this.#wake();
  };

  async #next(): Promise<string> {
    for (;;) {
      const char = this.#ahead.shift();
      if (char !== undefined) return char;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
