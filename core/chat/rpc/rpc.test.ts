import { expect, test } from "vitest";
import { createFakeChat, type FakeChat } from "../testing/fake-chat.ts";
import { rpcMethods } from "./methods.ts";
import { rpcServer } from "./rpc.ts";

const nowMs = 1_800_000_000_000;

function start(contacts = 3): {
  chat: FakeChat;
  lines: Record<string, unknown>[];
  ask(text: string): Promise<unknown>;
} {
  const chat = createFakeChat({ nowMs: () => nowMs, contacts, messages: 30 });
  const lines: Record<string, unknown>[] = [];
  const server = rpcServer(chat, (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
  return {
    chat,
    lines,
    ask: async (text) => {
      await server.line(text);
      return lines.at(-1);
    },
  };
}
const request = (method: string, params?: unknown, id: unknown = 1) =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });

test("every method of the API can be called, and no other", () => {
  const { chat } = start();
  const names = Object.entries(chat)
    .filter(([group, value]) => typeof value === "object" && group !== "peer")
    .flatMap(([group, value]) => Object.keys(value as object).map((name) => `${group}.${name}`));
  expect(Object.keys(rpcMethods).sort()).toEqual(names.sort());
});

test("a request is answered with its id", async () => {
  const { ask } = start();
  expect(await ask(request("contact.get", { contactId: 1 }, "a"))).toMatchObject({
    jsonrpc: "2.0",
    id: "a",
    result: { id: 1, profile: { displayName: "Grace Hopper" } },
  });
  expect(await ask(request("profile.get"))).toMatchObject({ id: 1, result: { displayName: "ada" } });
});

test("events are notifications, before the answer that they belong to", async () => {
  const { ask, lines } = start();
  await ask(request("message.send", { contactId: 1, text: "hello" }));
  expect(lines[0]).toMatchObject({
    method: "event",
    params: { type: "message.added", message: { text: "hello" } },
  });
  expect(lines.at(-1)).toMatchObject({ id: 1, result: { text: "hello", status: { state: "pending" } } });
});

test.each([
  ["{", -32700],
  ['"x"', -32600],
  ["[]", -32600],
  ['{"jsonrpc":"1.0","id":1,"method":"profile.get"}', -32600],
  [request("toString"), -32601],
  [request("profile.nothing"), -32601],
  [request("contact.get"), -32602],
  [request("contact.get", { contactId: "1" }), -32602],
  [request("contact.get", { contactId: 1, extra: 1 }), -32602],
  [request("contact.get", [1]), -32602],
  [request("contact.get", { contactId: 99 }), 1],
  [request("message.delete", { messageId: 1, for: "all" }), -32602],
  [request("connection.join", { link: "nothing" }), 10],
])("%s gives error %i", async (line, code) => {
  const { ask } = start();
  expect(await ask(line)).toMatchObject({ error: { code } });
});

test("a wrong parameter is named", async () => {
  const { ask } = start();
  expect(await ask(request("draft.set", { contactId: 1, draft: { text: 5 } }))).toMatchObject({
    error: { message: "draft.text must be a text." },
  });
});

test("notifications of the caller are carried out and not answered", async () => {
  const { chat, lines, ask } = start();
  await ask(
    JSON.stringify({ jsonrpc: "2.0", method: "draft.set", params: { contactId: 1, draft: { text: "x" } } }),
  );
  expect(lines.every((line) => line["method"] === "event")).toBe(true);
  expect((await chat.conversation.get({ contactId: 1 })).draft).toEqual({ text: "x" });
});

test("a batch is answered at once, without its notifications", async () => {
  const { ask } = start();
  const batch = `[${request("profile.get", {}, 1)},{"jsonrpc":"2.0","method":"profile.get"},${request("x", {}, 2)}]`;
  expect(await ask(batch)).toMatchObject([{ id: 1 }, { id: 2, error: { code: -32601 } }]);
});

test("an empty line is nothing, and what is inside an error does not leave it", async () => {
  const { chat, lines, ask } = start();
  await ask("  ");
  expect(lines).toEqual([]);
  const broken = { ...chat, profile: { ...chat.profile, get: () => Promise.reject(new Error("key 1234")) } };
  const answers: string[] = [];
  await rpcServer(broken, (line) => answers.push(line)).line(request("profile.get"));
  expect(answers[0]).toContain("-32603");
  expect(answers[0]).not.toContain("1234");
});
