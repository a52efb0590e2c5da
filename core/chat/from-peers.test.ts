import { beforeEach, describe, expect, test } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import { code } from "./testing/chat-error.ts";
import { People, type Person } from "./testing/people.ts";

let people: People;
beforeEach(() => {
  people = new People();
});

describe("what a peer sends", () => {
  async function receive(person: Person, body: string): Promise<void> {
    const [connection] = person.agent.connections();
    if (connection === undefined) throw new Error("no connection");
    const nowMs = people.clock.nowMs();
    const message = {
      id: 50,
      sharedId: 50,
      body: utf8Encode(body),
      relayTimeMs: nowMs,
      receivedMs: nowMs,
      postQuantum: true,
      notify: true,
    };
    person.agent.emitFor(connection, { type: "message", message: { ...message, integrity: { type: "ok" } } });
    await people.settle();
  }

  test("of later versions is shown as unsupported, never dropped", async () => {
    const [ada] = await people.contacts();
    await receive(ada, '{"v":"1-99","event":"x.hologram","params":{"a":1}}');
    await receive(ada, '{"v":"1-99","event":"x.msg.new","params":{"content":{"type":"poll","text":"tea?"}}}');
    await receive(ada, "no json");
    expect((await ada.history()).slice(-3)).toEqual(["[unsupported]", "[unsupported] tea?", "[unsupported]"]);
  });

  test("twice is shown once", async () => {
    const [ada] = await people.contacts();
    const body = '{"event":"x.msg.new","msgId":"AAEC","params":{"content":{"type":"text","text":"once"}}}';
    await receive(ada, body);
    await receive(ada, body);
    expect((await ada.history()).filter((text) => text === "once")).toHaveLength(1);
  });

  test("can't change or delete messages of ours", async () => {
    const [ada, bob] = await people.contacts();
    await ada.chat.message.send({ contactId: await ada.contact(), text: "mine" });
    await people.settle();
    const record = bob.events.findLast(({ type }) => type === "message.added");
    expect(record).toBeDefined();
    const { messages } = await ada.chat.message.list({ contactId: await ada.contact() });
    expect(messages.at(-1)?.text).toBe("mine");
    const stored = ada.store.transaction((tx) =>
      tx.range("chat_shared_ids").map(({ key }) => new TextDecoder().decode(key.subarray(5))),
    );
    for (const msgId of stored) await receive(ada, `{"event":"x.msg.del","params":{"msgId":"${msgId}"}}`);
    for (const msgId of stored) {
      await receive(
        ada,
        `{"event":"x.msg.update","params":{"msgId":"${msgId}","content":{"type":"text","text":"forged"}}}`,
      );
    }
    expect(await ada.history()).toContain("mine");
  });

  test("about gaps and changes in the chain is shown as a line", async () => {
    const [ada, bob] = await people.contacts();
    bob.agent.integrity = { type: "skipped", from: 2, to: 4 };
    await ada.chat.message.send({ contactId: await ada.contact(), text: "hi" });
    await people.settle();
    const { messages } = await bob.chat.message.list({ contactId: await bob.contact() });
    expect(messages.at(-2)?.content).toEqual({
      type: "event",
      event: { type: "integrity", problem: "missing", count: 3 },
    });
  });

  test("about leaving ends the conversation and keeps its history", async () => {
    const [ada, bob] = await people.contacts();
    await ada.chat.contact.delete({ contactId: await ada.contact(), notify: true });
    await people.settle();
    expect(await ada.chat.contact.list()).toEqual([]);
    expect(await bob.chat.contact.list()).toMatchObject([{ state: "deleted" }]);
    await expect(bob.chat.message.send({ contactId: await bob.contact(), text: "?" })).rejects.toEqual(
      code("notConnected"),
    );
    expect((await bob.history()).at(-1)).toBe("[contactDeleted]");
  });
});
