import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { RpcServer } from "../../core/chat/rpc/rpc.ts";
import { answeringAfter, serveLines } from "./serve.ts";

const signal = new AbortController().signal;

/** A server that answers each line with itself, when it is let to. */
function echo(until: Promise<void> = Promise.resolve()) {
  let running = 0;
  let most = 0;
  let closed = false;
  const serve = (write: (line: string) => void): RpcServer => ({
    line: async (text) => {
      most = Math.max(most, ++running);
      await until;
      write(`${text}\n`);
      running--;
    },
    close: () => {
      closed = true;
    },
  });
  return { serve, most: () => most, closed: () => closed };
}

test("everything is answered before the end, also a last line without its end", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const server = echo();
  input.end("one\ntwo\nthree");
  expect(await serveLines(server.serve, input, output, signal)).toBe("end");
  expect(String(output.read())).toBe("one\ntwo\nthree\n");
  expect(server.closed()).toBe(true);
});

test("what is waited for at the end can be told of, until nobody waits any more", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let write: (line: string) => void = () => undefined;
  const server = echo();
  const serve = (writer: (line: string) => void) => {
    write = writer;
    return server.serve(writer);
  };
  input.end("one\n");
  const end = await serveLines(serve, input, output, signal, async () => {
    expect(String(output.read())).toBe("one\n");
    write("late\n");
  });
  expect(end).toBe("end");
  expect(String(output.read())).toBe("late\n");

  const [more, stopping] = [new PassThrough(), new AbortController()];
  more.end();
  const over = Promise.withResolvers<void>();
  const stopped = serveLines(server.serve, more, new PassThrough(), stopping.signal, (given) => {
    given.addEventListener("abort", () => over.resolve());
    stopping.abort();
    return new Promise(() => undefined);
  });
  expect(await stopped).toBe("stopped");
  await over.promise;
});

test("events go out while requests wait until they can be answered", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const ready = Promise.withResolvers<void>();
  const server = echo();
  const serve = (write: (line: string) => void) => {
    write("event\n");
    return answeringAfter(ready.promise, server.serve(write));
  };
  const served = serveLines(serve, input, output, signal);
  input.write("request\n");
  expect(String((await once(output, "data"))[0])).toBe("event\n");
  expect(server.most()).toBe(0);
  ready.resolve();
  expect(String((await once(output, "data"))[0])).toBe("request\n");
  input.end();
  expect(await served).toBe("end");
  expect(server.closed()).toBe(true);
});

test("only so many requests are carried out at one time", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const release = Promise.withResolvers<void>();
  const server = echo(release.promise);
  const served = serveLines(server.serve, input, output, signal);
  input.end("x\n".repeat(1000));
  while (server.most() < 64) await new Promise(setImmediate);
  release.resolve();
  output.resume();
  expect(await served).toBe("end");
  expect(server.most()).toBe(64);
});

test("it ends when it is told to, and when the reader has gone", async () => {
  const stopping = new AbortController();
  const stopped = serveLines(echo().serve, new PassThrough(), new PassThrough(), stopping.signal);
  stopping.abort();
  expect(await stopped).toBe("stopped");

  const output = new PassThrough();
  const gone = serveLines(echo().serve, new PassThrough(), output, signal);
  output.destroy(new Error("EPIPE"));
  expect(await gone).toBe("gone");
});

test("a reader that does not read is given up before memory runs out", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let write: (line: string) => void = () => undefined;
  const served = serveLines(
    (writer) => {
      write = writer;
      return { line: () => Promise.resolve(), close: () => undefined };
    },
    input,
    output,
    signal,
  );
  const megabyte = "x".repeat(1_048_576);
  for (let count = 0; count < 70; count++) write(megabyte);
  expect(await served).toBe("slow");
});
