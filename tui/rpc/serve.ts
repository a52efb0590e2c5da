import type { Readable, Writable } from "node:stream";
import { lineLengthMax, type RpcServer } from "../../core/chat/rpc/rpc.ts";
import { LineSplitter } from "./lines.ts";

/** Requests that are carried out at one time; more input is not read. */
const requestsMax = 64;
/** Bytes of answers and events that may wait for a reader before it is given up. */
const waitingBytesMax = 64 * 1024 * 1024;

/** Why serving has ended: the input is at its end, the reader has gone or does not read, or we were told to. */
export type ServeEnd = "end" | "gone" | "slow" | "stopped";

/** A server whose requests wait for `ready`; its events do not. */
export function answeringAfter(ready: Promise<unknown>, { line, close }: RpcServer): RpcServer {
  return {
    line: async (text) => {
      await ready;
      await line(text);
    },
    close,
  };
}

/**
 * Carries lines between streams and a JSON-RPC server, until the input ends and all of it is answered. While the reader
 * is slow, requests wait; memory is bounded.
 * @param lastly what is waited for then, while events still go out; the signal tells that nobody waits any more
 */
export async function serveLines(
  serve: (write: (line: string) => void) => RpcServer,
  input: Readable,
  output: Writable,
  signal: AbortSignal,
  lastly: (signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
): Promise<ServeEnd> {
  const over = new AbortController();
  let end: ServeEnd | undefined;
  const ended = Promise.withResolvers<void>();
  const finish = (why: ServeEnd): void => {
    end ??= why;
    input.destroy();
    ended.resolve();
    over.abort();
  };
  const stop = (): void => finish("stopped");
  // The reader has closed its end (EPIPE): nothing is left to be told.
  output.on("error", () => finish("gone"));
  signal.addEventListener("abort", stop);
  const server = serve((line) => {
    if (end !== undefined) return;
    output.write(line);
    if (output.writableLength > waitingBytesMax) finish("slow");
  });
  const running = new Set<Promise<void>>();
  const splitter = new LineSplitter(lineLengthMax);
  try {
    await Promise.race([ended.promise, readAll()]);
    if (end === undefined) await Promise.race([ended.promise, Promise.all(running)]);
    if (end === undefined) await Promise.race([ended.promise, lastly(over.signal)]);
  } catch (error) {
    // Destroying the input while it is read is how it ends early.
    if (end === undefined) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    server.close();
  }
  return end ?? "end";

  async function readAll(): Promise<void> {
    input.setEncoding("utf8");
    for await (const chunk of input) {
      for (const line of splitter.push(String(chunk))) await start(line);
    }
    for (const line of splitter.end()) await start(line);
  }

  async function start(line: string): Promise<void> {
    const answered = server.line(line).finally(() => running.delete(answered));
    running.add(answered);
    if (output.writableNeedDrain) await new Promise<void>((resolve) => output.once("drain", resolve));
    while (running.size >= requestsMax) await Promise.race(running);
  }
}
