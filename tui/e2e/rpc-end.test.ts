import { afterAll, beforeAll, expect, test } from "vitest";
import type { Contact, Invitation } from "../../core/chat/api.ts";
import { Machine, type RpcProcess, until } from "../testing/sotto-process.ts";

let machine: Machine;
let bob: RpcProcess;
const ada = { profile: "ada" };

/** The lines that call these methods. */
function calls(...methods: readonly (readonly [method: string, params: object])[]): string {
  return methods
    .map(([method, params], i) => `${JSON.stringify({ jsonrpc: "2.0", id: i + 1, method, params })}\n`)
    .join("");
}

beforeAll(async () => {
  machine = new Machine();
  for (const name of ["ada", "bob"])
    expect((await machine.run(["profile", "create", name, "--local-relay"], { profile: name })).code).toBe(0);
  bob = machine.rpc({ profile: "bob" });
  const { shortLink = "" } = await bob.call<Invitation>("invitation.create", {});
  const joining = machine.run(["connect", shortLink], ada);
  await bob.event("contact.updated", ({ contact }: { contact: Contact }) => contact.state === "connected");
  expect((await joining).code).toBe(0);
});
afterAll(() => machine.close());

test("what was asked for is answered and at the relay when rpc ends with its input", async () => {
  const texts = Array.from({ length: 20 }, (_, i) => `message ${i}`);
  const input = calls(...texts.map((text) => ["message.send", { contactId: 1, text }] as const));
  const { code, out, error } = await machine.run(["rpc"], { ...ada, input });
  expect({ code, error }).toEqual({ code: 0, error: "" });
  const lines = out
    .trimEnd()
    .split("\n")
    .map(
      (line) =>
        JSON.parse(line) as {
          id?: number;
          params?: { message?: { id: number; status?: { state: string } } };
        },
    );
  expect(lines.flatMap(({ id }) => id ?? []).sort((a, b) => a - b)).toEqual(texts.map((_, i) => i + 1));
  // What was delivered as soon as it was sent is told once.
  const sent = lines.flatMap(({ params: { message } = {} }) =>
    message?.status?.state === "sent" || message?.status?.state === "delivered" ? message.id : [],
  );
  expect(new Set(sent).size).toBe(texts.length);
  for (const text of texts) await bob.event("message.added", ({ message }) => message.text === text);
});

test("changes go out, too: an edit, and the news that a contact is deleted", async () => {
  const { out } = await machine.run(["messages", "bob", "--limit", "1", "--json"], ada);
  const [{ id = 0 } = {}] = JSON.parse(out) as { id?: number }[];
  const edit = calls(["message.edit", { messageId: id, text: "edited" }]);
  expect((await machine.run(["rpc"], { ...ada, input: edit })).code).toBe(0);
  await bob.event("message.updated", ({ message }) => message.text === "edited");
  const leave = calls(["contact.delete", { contactId: 1, notify: true }]);
  expect((await machine.run(["rpc"], { ...ada, input: leave })).code).toBe(0);
  await bob.event("contact.updated", ({ contact }) => contact.state === "deleted");
});

test("what can't be sent in time is kept, and the exit code says so", async () => {
  const { shortLink = "" } = await bob.call<Invitation>("invitation.create", {});
  const joining = machine.run(["connect", shortLink], ada);
  await bob.event("contact.updated", ({ contact }) => contact.id === 2 && contact.state === "connected");
  expect((await joining).code).toBe(0);
  expect(await bob.end()).toBe(0);
  await until(async () => !(await machine.relayAnswers()), "the relay stops after its last client");
  // The relay refuses this setting, so it does not start.
  const env = { SOTTO_RELAY_STOP_WHEN_IDLE: "never" };
  const send = calls(["message.send", { contactId: 2, text: "kept" }]);
  const late = await machine.run(["rpc", "--timeout", "1s"], { ...ada, env, input: send });
  expect(late.code).toBe(20);
  expect(late.error).toMatch(/^sotto: .*It is kept[^\n]*\n$/);
  expect((await machine.run(["rpc", "--timeout", "0"], { ...ada, env, input: send })).code).toBe(0);
  const [sending, receiving] = [machine.rpc(ada), machine.rpc({ profile: "bob" })];
  await receiving.event("message.added", ({ message }) => message.text === "kept");
  expect(await Promise.all([sending.end(), receiving.end()])).toEqual([0, 0]);
});
