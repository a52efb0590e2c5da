import { afterAll, beforeAll, expect, test } from "vitest";
import { buildClients, type Clients } from "../testing/clients.ts";

let clients: Clients;

beforeAll(async () => {
  clients = await buildClients("passphrase");
});
afterAll(() => clients.remove());

test("a passphrase is typed twice without being shown, asked for at the start, and may be mistyped", async () => {
  const created = clients.start("ada", ["profile", "create", "Ada", "--passphrase"]);
  await created.waitFor("Passphrase of the profile:");
  created.write("correct horse\r");
  await created.waitFor("again:");
  created.write("correct horsf\x7fe\r");
  expect(await created.exited).toMatchObject({ exitCode: 0 });
  expect(created.output()).not.toContain("horse");

  const client = clients.start("ada");
  await client.waitFor("Passphrase:");
  client.write("wrong\r");
  await client.waitFor("Try again");
  client.write("nonsense\x15correct horse\r");
  await client.waitFor("nobody here yet");
  expect(client.output()).not.toContain("horse");
  client.write("\x03");
  expect(await client.exited).toMatchObject({ exitCode: 0 });
});

test("a client that is told to end puts the terminal back, closes its store and says nothing more", async () => {
  expect(await clients.start("carl", ["profile", "create", "Carl"]).exited).toMatchObject({ exitCode: 0 });
  // The exit code is that of a shell: 128 and the number of the signal.
  for (const [signal, exitCode] of [
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    const client = clients.start("carl");
    await client.waitFor("nobody here yet");
    client.kill(signal);
    expect((await client.exited).exitCode).toBe(exitCode);
    expect(client.output()).toMatch(/\x1b\[\?1049h[\s\S]*\x1b\[\?1049l/);
    expect(client.output()).not.toContain("mistakes");
  }
});

test("who types ahead is understood, and not shown", async () => {
  const created = clients.start("eve", ["profile", "create", "Eve", "--passphrase"]);
  await created.waitFor("Passphrase of the profile:");
  created.write("correct horse\rcorrect horse\r");
  expect(await created.exited).toMatchObject({ exitCode: 0 });
  expect(created.output()).not.toContain("horse");

  const client = clients.start("eve");
  await client.waitFor("Passphrase:");
  client.write("wrong\rcorrect horse\r\x0b");
  await client.waitFor("enter choose");
  expect(client.output()).toContain("Try again");
  expect(client.output()).not.toContain("horse");
  client.write("\x03");
  await client.exited;

  const stopped = clients.start("eve");
  await stopped.waitFor("Passphrase:");
  // Its exit code tells whether it was a signal or the client's key, which depends on what it came to.
  stopped.write("correct horse\r\x03");
  await stopped.exited;
  expect(stopped.output()).not.toContain("horse");
});

test("two different passphrases change nothing, and Ctrl-C at the question ends it", async () => {
  const created = clients.start("bob", ["profile", "create", "Bob", "--passphrase"]);
  await created.waitFor("Passphrase of the profile:");
  created.write("one\r");
  await created.waitFor("again:");
  created.write("two\r");
  await created.waitFor("two different passphrases");
  expect(await created.exited).toMatchObject({ exitCode: 2 });
  const stopped = clients.start("ada", ["contacts"]);
  await stopped.waitFor("Passphrase:");
  stopped.write("\x03");
  await stopped.waitFor("Stopped");
  expect(await stopped.exited).toMatchObject({ exitCode: 50 });
});
