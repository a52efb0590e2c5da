import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { askBackground, readReports } from "./report-input.ts";
import { Reports } from "./reports.ts";

const attributes = "\x1b[?62c";

/** A terminal that writes to `stdin`; what the next reader gets is in `typed`, once `read` was called. */
function terminal() {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const reports = new Reports(() => undefined);
  const end = readReports(stdin, reports);
  let typed = "";
  const watchers = new Set<() => void>();
  return {
    stdin,
    stdout,
    reports,
    end,
    ask: () => askBackground(stdin, stdout, reports),
    typed: () => typed,
    /** Reads as Ink does. */
    read: () =>
      stdin.on("readable", () => {
        for (let text: unknown = stdin.read(); text !== null; text = stdin.read()) typed += String(text);
        for (const watcher of watchers) watcher();
      }),
    until: (expected: string) =>
      new Promise<void>((resolve) => {
        const look = () => typed === expected && resolve();
        watchers.add(look);
        look();
      }),
  };
}

test("the answer resolves, and what was typed around it goes to the next reader, in order", async () => {
  const { stdin, stdout, ask, read, until, reports } = terminal();
  const asked = ask();
  expect(String(stdout.read())).toBe("\x1b]11;?\x1b\\\x1b[c");
  stdin.write("a\x1b]11;rgb:ff");
  stdin.write(`ff/ffff/ffff\x07b${attributes}c`);
  expect(await asked).toBe("light");
  expect(reports.isAsked).toBe(false);
  read();
  stdin.write("d");
  await until("abcd");
});

test("without an answer it goes on, and a late one is no key", async () => {
  const { stdin, ask, read, until, reports } = terminal();
  const asked = ask();
  stdin.write("a");
  expect(await asked).toBeUndefined();
  read();
  await until("a");
  stdin.write(`\x1b]11;rgb:0/0/0\x1b\\`);
  stdin.write(`${attributes}b`);
  await until("ab");
  expect(reports.isAsked).toBe(false);
});

test("an answer that came in time counts, however long this process was busy meanwhile", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const stdin = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [terminal] = await once(server, "connection");
  const reports = new Reports(() => undefined);
  readReports(stdin, reports);
  await new Promise((resolve) => terminal.end(`\x1b]11;rgb:ff/ff/ff\x07${attributes}`, resolve));
  const answerMs = 5;
  const endMs = performance.now() + 2 * answerMs;
  const asked = askBackground(stdin, new PassThrough(), reports, answerMs);
  while (performance.now() < endMs);
  expect(await asked).toBe("light");
  stdin.destroy();
  server.close();
});

test("the escape key is there soon, although it might have been the beginning of an answer", async () => {
  const { stdin, ask, read, until } = terminal();
  await ask();
  read();
  stdin.write("\x1b");
  await until("\x1b");
  stdin.write("[A");
  await until("\x1b[A");
});

test("at the end the stream is as it was", async () => {
  const { stdin, end, reports, read, until } = terminal();
  end();
  reports.ask();
  read();
  stdin.write(`x${attributes}`);
  await until(`x${attributes}`);
});
