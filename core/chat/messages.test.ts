import { beforeEach, describe, expect, test } from "vitest";
import { base64urlEncode, utf8Encode } from "../bytes/index.ts";
import { systemRandom } from "../crypto/random.ts";
import { contacts } from "./store/tables.ts";
import { code } from "./testing/chat-error.ts";
import { openTestChat, People } from "./testing/people.ts";

let people: People;
beforeEach(() => {
  people = new People();
});

describe("messages", () => {
  test("arrive with their status followed from pending to delivered", async () => {
    const [ada, bob] = await people.contacts();
    const sent = await ada.chat.message.send({ contactId: await ada.contact(), text: "hello *bob*" });
    expect(sent).toMatchObject({
      status: { state: "pending" },
      direction: "sent",
      spans: [{ text: "hello " }, { text: "bob", styles: ["bold"] }],
    });
    await people.settle();
    expect(await ada.chat.message.get({ messageId: sent.id })).toMatchObject({
      status: { state: "delivered" },
    });
    expect(await bob.history()).toEqual(["[connected]", "[quantumSafe]", "hello *bob*"]);
    const [conversation] = await bob.chat.conversation.list();
    expect(conversation).toMatchObject({
      unread: 1,
      firstUnreadId: await bob.last(),
      last: { text: "hello *bob*" },
    });
    expect(await bob.chat.conversation.markRead({ contactId: await bob.contact() })).toMatchObject({
      unread: 0,
    });
    expect((await bob.chat.conversation.list())[0]).not.toHaveProperty("firstUnreadId");
  });

  test("written while connecting wait, and go out in order", async () => {
    const [ada, bob] = [await people.person("ada"), await people.person("bob")];
    const { shortLink = "" } = await ada.chat.invitation.create({});
    const joined = bob.chat.connection.join({ link: shortLink });
    const contactId = await bob.contact().catch(() => 1);
    for (const text of ["one", "two"]) await bob.chat.message.send({ contactId, text });
    await people.settle();
    await joined;
    await people.settle();
    expect(await ada.history()).toEqual(["[connected]", "[quantumSafe]", "one", "two"]);
    expect(
      (await bob.chat.message.list({ contactId, limit: 4 })).messages.map(({ status }) => status?.state),
    ).toContain("delivered");
  });

  test("count as unsent until a relay has them, if they were sent since the chat was opened", async () => {
    const [ada] = await people.contacts();
    const contactId = await ada.contact();
    expect(ada.chat.unsent()).toBe(0);
    const { id } = await ada.chat.message.send({ contactId, text: "one" });
    await ada.chat.message.edit({ messageId: id, text: "two" });
    expect(ada.chat.unsent()).toBe(2);
    expect(openTestChat(ada.agent, ada.store, people.clock).unsent()).toBe(0);
    await people.settle();
    expect(ada.chat.unsent()).toBe(0);
  });

  test("quote, and are found where they came from", async () => {
    const [ada, bob] = await people.contacts();
    await ada.chat.message.send({ contactId: await ada.contact(), text: "question" });
    await people.settle();
    const replyTo = await bob.last();
    await bob.chat.message.send({ contactId: await bob.contact(), text: "answer", replyTo });
    await people.settle();
    const answer = await ada.chat.message.get({ messageId: await ada.last() });
    expect(answer.quote).toMatchObject({ by: "me", text: "question" });
    expect((await ada.chat.message.get({ messageId: answer.quote?.messageId ?? 0 })).text).toBe("question");
  });

  test("are edited and deleted on both sides, by their author only", async () => {
    const [ada, bob] = await people.contacts();
    const contactId = await ada.contact();
    const { id } = await ada.chat.message.send({ contactId, text: "helo" });
    await people.settle();
    await ada.chat.message.edit({ messageId: id, text: "hello" });
    await people.settle();
    expect(await bob.chat.message.get({ messageId: await bob.last() })).toMatchObject({
      text: "hello",
      edited: true,
    });
    await expect(bob.chat.message.edit({ messageId: await bob.last(), text: "x" })).rejects.toEqual(
      code("notAllowed"),
    );
    await expect(bob.chat.message.delete({ messageId: await bob.last(), for: "both" })).rejects.toEqual(
      code("notAllowed"),
    );
    await ada.chat.message.delete({ messageId: id, for: "both" });
    await people.settle();
    expect((await bob.history()).at(-1)).toBe("[deleted by contact]");
    expect((await ada.history()).at(-1)).toBe("[deleted by me]");
    await people.clock.advance(25 * 3_600_000);
    const late = await ada.chat.message.send({ contactId, text: "late" });
    await people.clock.advance(25 * 3_600_000);
    await expect(ada.chat.message.edit({ messageId: late.id, text: "later" })).rejects.toEqual(
      code("notAllowed"),
    );
  });

  test("deleted here are gone here only, and from the search", async () => {
    const [ada, bob] = await people.contacts();
    const { id } = await ada.chat.message.send({ contactId: await ada.contact(), text: "findable words" });
    await people.settle();
    expect(await ada.chat.message.search({ text: "find" })).toMatchObject([
      { message: { id }, contactName: "bob", matches: [[0, 8]] },
    ]);
    await ada.chat.message.delete({ messageId: id, for: "self" });
    expect(await ada.chat.message.search({ text: "find" })).toEqual([]);
    expect((await ada.history()).at(-1)).toBe("[quantumSafe]");
    expect((await bob.history()).at(-1)).toBe("findable words");
    await expect(ada.chat.message.get({ messageId: id })).rejects.toEqual(code("notFound"));
  });

  test("are removed on both sides where both allow it", async () => {
    const [ada, bob] = await people.contacts();
    for (const person of [ada, bob]) {
      await person.chat.contact.setPreferences({
        contactId: await person.contact(),
        preferences: { fullDelete: "yes" },
      });
    }
    await people.settle();
    const { id } = await ada.chat.message.send({ contactId: await ada.contact(), text: "gone" });
    await people.settle();
    await ada.chat.message.delete({ messageId: id, for: "both" });
    await people.settle();
    for (const person of [ada, bob]) expect(await person.history()).not.toContain("gone");
  });

  test("get reactions, which can be taken back", async () => {
    const [ada, bob] = await people.contacts();
    const { id } = await ada.chat.message.send({ contactId: await ada.contact(), text: "hi" });
    await people.settle();
    await bob.chat.message.react({ messageId: await bob.last(), emoji: "👍", add: true });
    await ada.chat.message.react({ messageId: id, emoji: "👍", add: true });
    await people.settle();
    expect((await ada.chat.message.get({ messageId: id })).reactions).toEqual([
      { emoji: "👍", count: 2, mine: true },
    ]);
    await ada.chat.message.react({ messageId: id, emoji: "👍", add: false });
    await people.settle();
    expect((await bob.chat.message.get({ messageId: await bob.last() })).reactions).toEqual([
      { emoji: "👍", count: 1, mine: true },
    ]);
    for (const emoji of ["", "a", "👍👍", "x👍"]) {
      await expect(ada.chat.message.react({ messageId: id, emoji, add: true })).rejects.toEqual(
        code("badArgument"),
      );
    }
  });

  test("without text or too long are refused, and nothing is sent", async () => {
    const [ada, bob] = await people.contacts();
    const contactId = await ada.contact();
    await expect(ada.chat.message.send({ contactId, text: " \n" })).rejects.toEqual(code("badArgument"));
    await expect(ada.chat.message.send({ contactId, text: "x".repeat(65_001) })).rejects.toEqual(
      code("tooLong"),
    );
    await expect(ada.chat.message.send({ contactId: 99, text: "x" })).rejects.toEqual(code("notFound"));
    // Quotation marks double in JSON: the text is within its bound, the body is not.
    await expect(ada.chat.message.send({ contactId, text: '"'.repeat(40_000) })).rejects.toEqual(
      code("tooLong"),
    );
    await people.settle();
    expect(await bob.history()).toEqual(["[connected]", "[quantumSafe]"]);
    expect(await ada.history()).toEqual(["[connected]", "[quantumSafe]"]);
  });

  test("that are long arrive compressed, as do their edits and replies to them", async () => {
    const [ada, bob] = await people.contacts();
    const [long, longer] = ["x".repeat(65_000), "y".repeat(64_000)];
    const { id } = await ada.chat.message.send({ contactId: await ada.contact(), text: long });
    await people.settle();
    expect((await bob.history()).at(-1)).toBe(long);
    await ada.chat.message.edit({ messageId: id, text: longer });
    await people.settle();
    expect((await bob.history()).at(-1)).toBe(longer);
    const reply = { contactId: await bob.contact(), replyTo: await bob.last() };
    await bob.chat.message.send({ ...reply, text: "z".repeat(1000) });
    await people.settle();
    expect(await ada.chat.message.get({ messageId: await ada.last() })).toMatchObject({
      text: "z".repeat(1000),
      quote: { text: longer, messageId: id },
    });
    // With all that it quotes, this is more than readers decompress.
    await bob.chat.message.send({ ...reply, text: "z".repeat(2000) });
    await people.settle();
    const { quote } = await ada.chat.message.get({ messageId: await ada.last() });
    expect(quote).toMatchObject({ text: expect.stringMatching(/^y{62000,63999}…$/), messageId: id });
  });

  test("that are long are refused where they don't compress, or the contact's client can't read them", async () => {
    const [ada, bob] = await people.contacts();
    const { id, contactId } = await ada.chat.message.send({ contactId: await ada.contact(), text: "short" });
    // Base64 of random bytes compresses to three quarters.
    const [fits, doesNot] = [systemRandom(14_000), systemRandom(16_000)].map(base64urlEncode);
    if (fits === undefined || doesNot === undefined) throw new Error("no texts");
    await expect(ada.chat.message.send({ contactId, text: doesNot })).rejects.toEqual(code("tooLong"));
    await expect(ada.chat.message.edit({ messageId: id, text: doesNot })).rejects.toEqual(code("tooLong"));
    await ada.chat.message.send({ contactId, text: fits });
    await people.settle();
    expect((await bob.history()).slice(-2)).toEqual(["short", fits]);

    ada.store.transaction((tx) => {
      const contact = contacts.get(tx, contactId);
      if (contact !== undefined) contacts.put(tx, contactId, { ...contact, chatVersion: 7 });
    });
    await expect(ada.chat.message.send({ contactId, text: fits })).rejects.toEqual(code("tooLong"));
    await expect(ada.chat.message.edit({ messageId: id, text: fits })).rejects.toEqual(code("tooLong"));
    await ada.chat.message.send({ contactId, text: "x".repeat(15_000) });
    await people.settle();
    expect((await bob.history()).slice(-3)).toEqual(["short", fits, "x".repeat(15_000)]);
  });

  test("that wait for a contact whose client turns out not to read long ones fail, and the others go", async () => {
    const [ada, bob] = [await people.person("ada"), await people.person("bob")];
    const { shortLink = "" } = await ada.chat.invitation.create({});
    const joined = bob.chat.connection.join({ link: shortLink });
    const contactId = await bob.contact().catch(() => 1);
    const long = await bob.chat.message.send({ contactId, text: "x".repeat(20_000) });
    await bob.chat.message.send({ contactId, text: "short" });
    const [connection] = bob.agent.connections();
    if (connection === undefined) throw new Error("no connection");
    const info = '{"v":"1-7","event":"x.info","params":{"profile":{"displayName":"old","fullName":""}}}';
    bob.agent.emitFor(connection, { type: "joined", secured: true });
    bob.agent.emitFor(connection, { type: "info", info: utf8Encode(info), postQuantum: false });
    bob.agent.connection(connection).established = true;
    bob.agent.emitFor(connection, { type: "connected", postQuantum: false });
    await joined;
    expect((await bob.chat.message.get({ messageId: long.id })).status).toEqual({
      state: "failed",
      reason: expect.stringMatching(/^This message has 20\d+ bytes.* 15602 fit/) as unknown,
    });
    await people.settle();
    expect(await ada.history()).toContain("short");
    expect((await bob.chat.contact.get({ contactId })).state).toBe("connected");
  });

  test("that fail say why in words, and can be tried again", async () => {
    const [ada] = await people.contacts();
    ada.agent.online = false;
    const { id } = await ada.chat.message.send({ contactId: await ada.contact(), text: "hi" });
    const [connection] = ada.agent.connections();
    if (connection === undefined) throw new Error("no connection");
    ada.agent.emitFor(connection, { type: "failed", ids: [1], fault: { code: "SMP AUTH", detail: "" } });
    expect(await ada.chat.message.get({ messageId: id })).toMatchObject({
      status: { state: "failed", reason: expect.stringContaining("queue is gone") as unknown },
    });
    ada.agent.online = true;
    await ada.chat.message.retry({ messageId: id });
    await people.settle();
    expect(await ada.chat.message.get({ messageId: id })).toMatchObject({ status: { state: "delivered" } });
  });

  test("disappear on both sides after the time both agreed on, once they were read", async () => {
    const [ada, bob] = await people.contacts();
    const preferences = { timedMessages: { allow: "yes" as const, ttlSeconds: 60 } };
    await ada.chat.contact.setPreferences({ contactId: await ada.contact(), preferences });
    await people.settle();
    await ada.chat.message.send({ contactId: await ada.contact(), text: "soon gone" });
    await people.settle();
    await people.clock.advance(61_000);
    expect(await ada.history()).not.toContain("soon gone");
    expect(await bob.history()).toContain("soon gone");
    await bob.chat.conversation.markRead({ contactId: await bob.contact() });
    await people.clock.advance(61_000);
    expect(await bob.history()).not.toContain("soon gone");
    expect(bob.events.at(-2)).toMatchObject({ type: "message.removed" });
  });
});
