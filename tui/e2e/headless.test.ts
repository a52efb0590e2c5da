import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Contact, Invitation, Message, MessagePage, OwnProfile } from "../../core/chat/api.ts";
import { Machine, type RpcProcess, until } from "../testing/sotto-process.ts";

let machine: Machine;
let ada: RpcProcess;
let bob: RpcProcess;

/** Starts both, and waits until they receive through their relay. */
async function startBoth(): Promise<void> {
  ada = machine.rpc({ profile: "ada" });
  bob = machine.rpc({ profile: "bob" });
}

async function history(person: RpcProcess): Promise<readonly string[]> {
  const { messages } = await person.call<MessagePage>("message.list", { contactId: 1 });
  return messages
    .filter(({ content }) => content.type !== "event")
    .map(({ text, deletedBy }) => (deletedBy === undefined ? text : "(deleted)"));
}

/** Sends a message and resolves when the other side has told that it arrived. */
async function deliver(
  from: RpcProcess,
  to: RpcProcess,
  text: string,
): Promise<[sent: Message, received: Message]> {
  const { id } = await from.call<Message>("message.send", { contactId: 1, text });
  const { message: received } = await to.event("message.added", ({ message }) => message.text === text);
  const { message: sent } = await from.event(
    "message.updated",
    ({ message }) => message.id === id && message.status?.state === "delivered",
  );
  return [sent, received];
}

beforeAll(async () => {
  machine = new Machine();
  for (const name of ["ada", "bob"]) {
    const created = await machine.run(["profile", "create", name, "--local-relay"], { profile: name });
    expect(created).toEqual({ code: 0, out: `${name}\n`, error: "" });
  }
  await startBoth();
  const { fullLink, shortLink } = await ada.call<Invitation>("invitation.create", {});
  const joined = await bob.call<Contact>("connection.join", { link: shortLink ?? fullLink });
  expect(joined.state).toBe("connecting");
  await Promise.all(
    [ada, bob].map((one) => one.event("contact.updated", ({ contact }) => contact.state === "connected")),
  );
});
afterAll(() => machine.close());

test("two programs that were connected by an invitation know each other's names", async () => {
  expect((await ada.call<Contact[]>("contact.list")).map(({ profile }) => profile.displayName)).toEqual([
    "bob",
  ]);
  expect((await bob.call<Contact[]>("contact.list")).map(({ profile }) => profile.displayName)).toEqual([
    "ada",
  ]);
  expect((await ada.call<OwnProfile>("profile.get")).displayName).toBe("ada");
});

test("messages go both ways, with receipts", async () => {
  await deliver(ada, bob, "hello");
  await deliver(bob, ada, "hello yourself");
  expect(await history(ada)).toEqual(["hello", "hello yourself"]);
  expect(await history(bob)).toEqual(["hello", "hello yourself"]);
});

test("a message is edited, reacted to and deleted on both sides", async () => {
  const [sent, received] = await deliver(ada, bob, "frist");
  await ada.call("message.edit", { messageId: sent.id, text: "first" });
  await bob.event("message.updated", ({ message }) => message.text === "first" && message.edited);
  await bob.call("message.react", { messageId: received.id, emoji: "👍", add: true });
  await ada.event("message.updated", ({ message }) => message.reactions.some(({ emoji }) => emoji === "👍"));
  await ada.call("message.delete", { messageId: sent.id, for: "both" });
  await bob.event(
    "message.updated",
    ({ message }) => message.id === received.id && message.deletedBy === "contact",
  );
  expect(await history(bob)).toEqual(["hello", "hello yourself", "(deleted)"]);
});

test("both see the same security code", async () => {
  const { code } = await ada.call<{ code: string }>("connection.security", { contactId: 1 });
  expect(code).toMatch(/^\d{5}( \d+)+$/);
  await bob.call("contact.verify", { contactId: 1, code });
  await expect(
    bob.call("contact.verify", { contactId: 1, code: code.replace(/\d/, (d) => `${9 - Number(d)}`) }),
  ).rejects.toThrow(/^contact.verify: 14 /);
});

test("what was sent while the other was away arrives when it is back, and history is there", async () => {
  expect(await bob.end()).toBe(0);
  await ada.call("message.send", { contactId: 1, text: "are you there?" });
  await ada.event(
    "message.updated",
    ({ message }) => message.text === "are you there?" && message.status?.state === "sent",
  );
  bob = machine.rpc({ profile: "bob" });
  await bob.event("message.added", ({ message }) => message.text === "are you there?");
  expect(await history(bob)).toEqual(["hello", "hello yourself", "(deleted)", "are you there?"]);
  await deliver(bob, ada, "yes");
});

test("programs that are killed go on where they were", async () => {
  await bob.call("draft.set", { contactId: 1, draft: { text: "half a sen" } });
  for (const one of [ada, bob]) expect(await one.kill("SIGKILL")).toBeNull();
  await startBoth();
  const { draft } = await bob.call<{ draft?: { text: string } }>("conversation.get", { contactId: 1 });
  expect(draft).toEqual({ text: "half a sen" });
  await deliver(ada, bob, "after the fall");
  await deliver(bob, ada, "all here");
  expect((await history(ada)).slice(-3)).toEqual(["yes", "after the fall", "all here"]);
});

test("a relay that is killed is started again by its clients, and nothing is lost", async () => {
  const before = await relayProcess();
  process.kill(before, "SIGKILL");
  await deliver(ada, bob, "over a new relay process");
  await deliver(bob, ada, "the same relay");
  expect(await relayProcess()).not.toBe(before);
});

test("requests are checked, also in batches, and never end the program", async () => {
  const answered = async (line: string): Promise<unknown> => {
    const before = ada.lines.length;
    ada.child.stdin.write(`${line}\n`);
    return JSON.parse(
      await ada.waitFor(() => ada.lines.slice(before).find((one) => !one.includes('"method":"event"'))),
    );
  };
  expect(await answered("{")).toMatchObject({ id: null, error: { code: -32700 } });
  expect(await answered("[]")).toMatchObject({ id: null, error: { code: -32600 } });
  expect(await answered("7")).toMatchObject({ id: null, error: { code: -32600 } });
  expect(await answered(`{"jsonrpc":"2.0","id":"a","method":"no.such"}`)).toMatchObject({
    id: "a",
    error: { code: -32601 },
  });
  expect(
    await answered(
      `{"jsonrpc":"2.0","id":"a","method":"message.send","params":{"contactId":"1","text":"x"}}`,
    ),
  ).toMatchObject({
    error: { code: -32602, message: expect.stringContaining("contactId") },
  });
  expect(
    await answered(`{"jsonrpc":"2.0","id":"a","method":"contact.get","params":{"contactId":99}}`),
  ).toMatchObject({
    error: { code: 1, data: { code: "notFound" } },
  });
  expect(
    await answered(
      `[{"jsonrpc":"2.0","id":1,"method":"contact.list"},{"jsonrpc":"2.0","method":"contact.list"},5]`,
    ),
  ).toMatchObject([
    { id: 1, result: [{ id: 1 }] },
    { id: null, error: { code: -32600 } },
  ]);
  expect(await answered(`{"id":"${"x".repeat(2_000_000)}"}`)).toMatchObject({ error: { code: -32600 } });
  expect((await ada.call<Contact[]>("contact.list")).length).toBe(1);
});

test("a second instance is told that the data are in use, and changes nothing", async () => {
  const { code, out, error } = await machine.run(["contacts"], { profile: "ada" });
  expect({ code, out }).toEqual({ code: 41, out: "" });
  expect(error).toMatch(/^sotto: [^\n]*(open|use)[^\n]*\n$/);
});

test("a link that is used, one's own, or already known is refused", async () => {
  const { shortLink = "", fullLink } = await ada.call<Invitation>("invitation.create", {});
  await expect(ada.call("connection.join", { link: shortLink })).rejects.toThrow(/^connection.join: 12 /);
  await expect(ada.call("connection.join", { link: fullLink })).rejects.toThrow(/^connection.join: 12 /);
  await bob.call("connection.join", { link: shortLink });
  const third = machine.rpc({ profile: "carol" });
  await third.call("profile.create", { displayName: "carol" });
  await expect(third.call("connection.join", { link: shortLink })).rejects.toThrow(/^connection.join: 11 /);
  expect(await third.end()).toBe(0);
});

test("the relay stops when its last client has ended", async () => {
  expect(await machine.relayAnswers()).toBe(true);
  expect(await Promise.all([ada.end(), bob.end()])).toEqual([0, 0]);
  await until(async () => !(await machine.relayAnswers()), "the relay stops");
});

/** The process that listens where the relay does. */
async function relayProcess(): Promise<number> {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      if (words.includes(`--data=${join(machine.folder, "relay")}`)) return Number(name);
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error("the relay does not run");
}
