import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Contact, Invitation, Message, MessagePage } from "../../core/chat/api.ts";
import { Machine, until } from "../testing/sotto-process.ts";

let machine: Machine;
const ada = { profile: "ada" };
const bob = { profile: "bob" };

beforeAll(async () => {
  machine = new Machine();
  for (const person of [ada, bob])
    expect((await machine.run(["profile", "create", person.profile, "--local-relay"], person)).code).toBe(0);
});
afterAll(() => machine.close());

/** A command whose result is JSON. */
async function json<T>(args: readonly string[], options: Parameters<Machine["run"]>[1]): Promise<T> {
  const { code, out, error } = await machine.run([...args, "--json"], options);
  expect({ code, error }).toEqual({ code: 0, error: "" });
  // The program's own output, of the type that the API says.
  return JSON.parse(out) as T;
}

test("two people connect with commands only", async () => {
  const inviting = machine.start(["invite", "--wait", "--json"], ada);
  const invitation = await inviting.waitFor(() => inviting.lines[0]);
  const { shortLink = "" } = JSON.parse(invitation) as Invitation;
  const joined = await json<Contact>(["connect", shortLink], bob);
  expect(joined).toMatchObject({ state: "connected", profile: { displayName: "ada" } });
  expect(await inviting.exit).toBe(0);
  expect(JSON.parse(inviting.lines[1] ?? "")).toMatchObject({ profile: { displayName: "bob" } });
  expect((await machine.run(["connect", shortLink], bob)).code).toBe(11);
});

test("send resolves when the relay has the message, which a follower of the conversation then sees", async () => {
  const following = machine.start(["messages", "Ada", "--follow", "--limit", "0"], bob);
  // The follower's receipt may be there as soon as the relay's answer.
  expect(await json<Message>(["send", "bob", "from the command line"], ada)).toMatchObject({
    status: { state: expect.stringMatching(/^(sent|delivered)$/) },
  });
  await following.waitFor(() => following.lines.find((line) => / ada: from the command line$/.test(line)));
  expect(
    await json<Message>(["send", "bob", "--delivered", "-"], { ...ada, input: "two\nlines\n" }),
  ).toMatchObject({
    text: "two\nlines",
    status: { state: "delivered" },
  });
  await following.waitFor(() => following.lines.find((line) => line === "    lines"));
  following.child.kill("SIGINT");
  expect(await following.exit).toBe(130);
});

test("who follows everybody gets what waited, too", async () => {
  expect((await machine.run(["send", "bob", "for later"], ada)).code).toBe(0);
  const following = machine.start(["messages", "--follow", "--json", "--read"], bob);
  const line = await following.waitFor(() => following.lines.find((one) => one.includes("for later")));
  expect(JSON.parse(line)).toMatchObject({ text: "for later", contactId: 1 });
  following.child.kill("SIGTERM");
  expect(await following.exit).toBe(130);
});

test("what is asked of a conversation is what is shown", async () => {
  const page = await json<MessagePage["messages"]>(["messages", "ada", "--limit", "1", "--read"], bob);
  expect(page.map(({ text }) => text)).toEqual(["for later"]);
  const contacts = await json<(Contact & { unread: number })[]>(["contacts"], bob);
  expect(contacts).toMatchObject([{ profile: { displayName: "ada" }, unread: 0 }]);
});

test("a long text is sent compressed, and one that is too long is refused before anything is sent", async () => {
  const long = "as long as a letter\n".repeat(3000).trimEnd();
  expect(await json<Message>(["send", "bob", "-"], { ...ada, input: long })).toMatchObject({
    text: long,
    status: { state: "sent" },
  });
  for (const input of ["x".repeat(70_000), '"'.repeat(40_000)]) {
    const refused = await machine.run(["send", "bob", "-"], { ...ada, input });
    expect(refused).toMatchObject({ code: 32, out: "", error: expect.stringMatching(/ bytes.* sent/) });
  }
  const following = machine.start(["messages", "--follow", "--json"], bob);
  const line = await following.waitFor(() => following.lines.find((one) => one.includes("a letter")));
  expect(JSON.parse(line)).toMatchObject({ text: long });
  following.child.kill("SIGTERM");
  expect(await following.exit).toBe(130);
});

test("a message that could not be sent in time is kept and told", async () => {
  await until(async () => !(await machine.relayAnswers()), "the relay stops after its last client");
  // The relay refuses this setting, so it does not start.
  const env = { SOTTO_RELAY_STOP_WHEN_IDLE: "never" };
  const late = await machine.run(["send", "bob", "kept", "--json"], { ...ada, env });
  expect(late.code).toBe(20);
  expect(JSON.parse(late.out)).toMatchObject({ text: "kept", status: { state: "pending" } });
  expect(JSON.parse(late.error)).toMatchObject({ error: { message: expect.stringContaining("It is kept") } });
  const [sending, receiving] = [machine.rpc(ada), machine.rpc(bob)];
  await receiving.event("message.added", ({ message }) => message.text === "kept");
  expect(await Promise.all([sending.end(), receiving.end()])).toEqual([0, 0]);
});

test("an address is made, used and deleted", async () => {
  expect((await machine.run(["address"], ada)).code).toBe(3);
  const made = await machine.run(["address", "create", "--auto-accept", "--welcome", "welcome!"], ada);
  expect(made).toMatchObject({ code: 0, error: "" });
  const receiving = machine.rpc(ada);
  const carol = { profile: "carol" };
  await machine.run(["profile", "create", "carol", "--local-relay"], carol);
  expect(await json<Contact>(["connect", made.out.trim()], carol)).toMatchObject({ state: "connected" });
  expect(await receiving.end()).toBe(0);
  expect((await machine.run(["address", "delete"], ada)).code).toBe(0);
  expect((await machine.run(["connect", made.out.trim()], bob)).code).toBe(11);
});

test("a contact that is deleted learns of it", async () => {
  expect((await machine.run(["contacts", "delete", "carol"], ada)).code).toBe(0);
  const following = machine.rpc({ profile: "carol" });
  await following.event("contact.updated", ({ contact }) => contact.state === "deleted");
  expect(await following.end()).toBe(0);
});

test("a restored backup agrees on new keys with its contacts, and then goes on", async () => {
  const path = join(machine.folder, "ada.backup");
  const env = { SOTTO_NEW_PASSPHRASE: "keep" };
  expect((await machine.run(["backup", path], { ...ada, env })).code).toBe(0);
  // What happened since the backup is not in it.
  expect((await machine.run(["send", "bob", "after the backup", "--timeout", "20s"], ada)).code).toBe(0);
  rmSync(join(machine.folder, "profiles", "ada"), { recursive: true });
  const given = { ...ada, env: { SOTTO_PASSPHRASE: "keep" } };
  expect((await machine.run(["restore", path], given)).code).toBe(0);
  const [restored, other] = [machine.rpc(given), machine.rpc(bob)];
  await other.event(
    "message.added",
    ({ message: { content } }) =>
      content.type === "event" && content.event.type === "ratchetSync" && content.event.state === "ok",
  );
  await restored.call("message.send", { contactId: 1, text: "restored" });
  await other.event("message.added", ({ message }) => message.text === "restored");
  await other.call("message.send", { contactId: 1, text: "welcome back" });
  await restored.event("message.added", ({ message }) => message.text === "welcome back");
  expect(await Promise.all([restored.end(), other.end()])).toEqual([0, 0]);
});
