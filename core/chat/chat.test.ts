import { beforeEach, describe, expect, test } from "vitest";
import type { ConnectionId } from "../agent/api.ts";
import { base64urlEncode, utf8Encode } from "../bytes/index.ts";
import { systemRandom } from "../crypto/random.ts";
import type { Chat, ChatErrorCode } from "./api.ts";
import { contacts, requests } from "./store/tables.ts";
import { openTestChat, People, type Person } from "./testing/people.ts";

let people: People;
beforeEach(() => {
  people = new People();
});

function code(expected: ChatErrorCode): unknown {
  return expect.objectContaining({ name: "ChatError", code: expected });
}

describe("a profile", () => {
  test("is made once, and refused without a proper name", async () => {
    const ada = await people.person("ada");
    await expect(ada.chat.profile.create({ displayName: "eve" })).rejects.toEqual(code("profileExists"));
    expect(await ada.chat.profile.get()).toMatchObject({ displayName: "ada", sendReceipts: true });
    for (const displayName of ["", "  ", "a\nb", "x".repeat(81)]) {
      await expect(ada.chat.profile.update({ displayName })).rejects.toEqual(code("badArgument"));
    }
  });

  test("is told to contacts when it changes, and they see a line about it", async () => {
    const [ada, bob] = await people.contacts();
    await ada.chat.profile.update({ displayName: "Ada L", description: "analyst" });
    await people.settle();
    const [contact] = await bob.chat.contact.list();
    expect(contact?.profile).toEqual({ displayName: "Ada L", description: "analyst" });
    expect(await bob.history()).toEqual(["[connected]", "[quantumSafe]", "[profileChanged]"]);
    await ada.chat.profile.update({ description: "" });
    expect(await ada.chat.profile.get()).not.toHaveProperty("description");
  });
});

describe("an invitation", () => {
  test("connects two people, who then see each other's names", async () => {
    const [ada, bob] = await people.contacts();
    expect(await ada.chat.contact.list()).toMatchObject([
      { state: "connected", profile: { displayName: "bob" }, quantumSafe: true },
    ]);
    expect(await bob.chat.contact.list()).toMatchObject([
      { state: "connected", profile: { displayName: "ada" } },
    ]);
    expect(await ada.chat.invitation.list()).toEqual([]);
    const types = ada.events.map(({ type }) => type);
    expect(types.indexOf("invitation.removed")).toBeLessThan(types.indexOf("contact.added"));
    expect(ada.events.find(({ type }) => type === "contact.added")).toMatchObject({ invitationId: 1 });
  });

  test("tells who made it before it is used, and is refused when it is used, withdrawn or one's own", async () => {
    const [ada, bob, eve] = [
      await people.person("ada"),
      await people.person("bob"),
      await people.person("eve"),
    ];
    const { shortLink = "", id } = await ada.chat.invitation.create({ label: "for bob" });
    expect(await bob.chat.connection.preview({ link: shortLink })).toEqual({
      kind: "invitation",
      own: false,
      profile: { displayName: "ada" },
    });
    await expect(ada.chat.connection.join({ link: shortLink })).rejects.toEqual(code("ownLink"));
    await expect(bob.chat.connection.join({ link: "hello" })).rejects.toEqual(code("badLink"));
    const joined = bob.chat.connection.join({ link: shortLink });
    await people.settle();
    await joined;
    await expect(eve.chat.connection.join({ link: shortLink })).rejects.toEqual(code("linkUsed"));
    expect(await eve.chat.contact.list()).toEqual([]);
    expect((await ada.chat.contact.list())[0]?.alias).toBe("for bob");
    await expect(ada.chat.invitation.cancel({ invitationId: id })).rejects.toEqual(code("notFound"));
  });

  test("made incognito shows a made-up name, and the real one never", async () => {
    const [ada, bob] = [await people.person("ada"), await people.person("bob")];
    const { shortLink = "", incognito } = await ada.chat.invitation.create({ incognito: true });
    const joined = bob.chat.connection.join({ link: shortLink });
    await people.settle();
    await joined;
    await people.settle();
    const [contact] = await bob.chat.contact.list();
    expect(contact?.profile.displayName).toBe(incognito?.displayName);
    await ada.chat.profile.update({ displayName: "Ada L" });
    await people.settle();
    expect((await bob.chat.contact.list())[0]?.profile.displayName).toBe(incognito?.displayName);
  });
});

describe("an address", () => {
  test("brings requests, which are accepted or rejected by hand", async () => {
    const [ada, bob, eve] = [
      await people.person("ada"),
      await people.person("bob"),
      await people.person("eve"),
    ];
    const { shortLink = "" } = await ada.chat.address.create();
    await ada.chat.address.update({ welcomeText: "welcome!" });
    for (const [person, text] of [
      [bob, "it's bob"],
      [eve, ""],
    ] as const) {
      const joined = person.chat.connection.join({ link: shortLink, text });
      await people.settle();
      await joined;
    }
    const requests = await ada.chat.request.list();
    expect(requests).toMatchObject([
      { profile: { displayName: "eve" } },
      { profile: { displayName: "bob" }, text: "it's bob" },
    ]);
    await ada.chat.request.reject({ requestId: requests[0]?.id ?? 0 });
    await ada.chat.request.accept({ requestId: requests[1]?.id ?? 0 });
    await people.settle();
    expect(await ada.history()).toEqual(["it's bob", "[connected]", "[quantumSafe]", "welcome!"]);
    expect(await bob.history()).toEqual(["[connected]", "[quantumSafe]", "welcome!"]);
    expect(await ada.chat.request.list()).toEqual([]);
    expect((await eve.chat.contact.list())[0]?.state).toBe("connecting");
  });

  test("greets nobody with blanks, and tells when the greeting does not fit", async () => {
    const [ada, bob] = [await people.person("ada"), await people.person("bob")];
    const { shortLink = "" } = await ada.chat.address.create();
    const welcomed = async (welcomeText: string): Promise<unknown> => {
      await ada.chat.address.update({ welcomeText });
      const joined = bob.chat.connection.join({ link: shortLink });
      await people.settle();
      const { id } = await joined;
      await bob.chat.contact.delete({ contactId: id, notify: false });
      const [request] = ada.store.transaction((tx) => requests.range(tx).map(({ value }) => value));
      if (request === undefined) throw new Error("no request");
      ada.store.transaction((tx) => requests.put(tx, request.id, { ...request, chatVersion: 7 }));
      const contact = await ada.chat.request.accept({ requestId: request.id });
      const [connection = ""] = ada.agent.connections().slice(-1);
      ada.agent.connection(connection as ConnectionId).established = true;
      ada.agent.emitFor(connection as ConnectionId, { type: "connected", postQuantum: false });
      const { messages } = await ada.chat.message.list({ contactId: contact.id });
      expect(await ada.chat.contact.get({ contactId: contact.id })).toMatchObject({ state: "connected" });
      return messages.filter(({ direction }) => direction === "sent").map(({ status }) => status?.state);
    };
    expect(await welcomed(" ")).toEqual([]);
    expect(await welcomed("x".repeat(16_000))).toEqual(["failed"]);
    expect(await welcomed("welcome!")).toEqual(["pending"]);
  });

  test("can accept by itself, and stops when it is deleted", async () => {
    const [ada, bob, eve] = [
      await people.person("ada"),
      await people.person("bob"),
      await people.person("eve"),
    ];
    const { shortLink = "" } = await ada.chat.address.create();
    await ada.chat.address.update({ autoAccept: { incognito: false } });
    const joined = bob.chat.connection.join({ link: shortLink });
    await people.settle();
    await joined;
    await people.settle();
    expect(await ada.chat.contact.list()).toMatchObject([{ state: "connected" }]);
    await ada.chat.address.delete();
    expect(await ada.chat.address.get()).toBeNull();
    await expect(eve.chat.connection.join({ link: shortLink })).rejects.toEqual(code("notFound"));
  });
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

describe("security", () => {
  test("both sides have the same code, and verify by it", async () => {
    const [ada, bob] = await people.contacts();
    const contactId = await ada.contact();
    const { code: codeHere = "" } = await ada.chat.connection.security({ contactId });
    const { code: codeThere } = await bob.chat.connection.security({ contactId: await bob.contact() });
    expect(codeThere).toBe(codeHere);
    await expect(ada.chat.contact.verify({ contactId, code: "12345" })).rejects.toEqual(code("wrongCode"));
    expect(await ada.chat.contact.verify({ contactId, code: codeHere.replaceAll(" ", "") })).toMatchObject({
      verified: true,
    });
    expect(await ada.chat.contact.verify({ contactId, code: null })).toMatchObject({ verified: false });
  });

  test("a new code after re-synchronisation takes the verification back, with a line", async () => {
    const [ada] = await people.contacts();
    const contactId = await ada.contact();
    const { code: before = "" } = await ada.chat.connection.security({ contactId });
    await ada.chat.contact.verify({ contactId, code: before });
    const [connection] = ada.agent.connections();
    if (connection === undefined) throw new Error("no connection");
    ada.agent.renewCode(connection);
    ada.agent.emitFor(connection, { type: "ratchetSync", state: "ok", fault: undefined });
    await people.settle();
    expect(await ada.chat.contact.get({ contactId })).toMatchObject({ verified: false });
    expect((await ada.history()).slice(-2)).toEqual(["[ratchetSync]", "[securityCodeChanged]"]);
  });
});

describe("history", () => {
  test("is paged in both directions and around a message", async () => {
    const [ada] = await people.contacts();
    const contactId = await ada.contact();
    ada.agent.online = false;
    for (let i = 1; i <= 20; i++) await ada.chat.message.send({ contactId, text: `${i}` });
    const texts = async (params: Omit<Parameters<Chat["message"]["list"]>[0], "contactId">) => {
      const { messages, hasOlder, hasNewer } = await ada.chat.message.list({ contactId, ...params });
      return [messages.map(({ text }) => text).join(" "), hasOlder, hasNewer];
    };
    const all = (await ada.chat.message.list({ contactId })).messages;
    const id = (text: string): number => all.find((message) => message.text === text)?.id ?? 0;
    expect(await texts({ limit: 3 })).toEqual(["18 19 20", true, false]);
    expect(await texts({ limit: 3, before: id("18") })).toEqual(["15 16 17", true, true]);
    expect(await texts({ limit: 3, after: id("15") })).toEqual(["16 17 18", true, true]);
    expect(await texts({ limit: 3, after: id("18") })).toEqual(["19 20", true, false]);
    expect(await texts({ limit: 4, around: id("10") })).toEqual(["8 9 10 11", true, true]);
    expect(await texts({ limit: 4, around: 999 })).toEqual(["19 20", true, false]);
    await expect(ada.chat.message.list({ contactId, limit: 501 })).rejects.toEqual(code("badArgument"));
    await expect(ada.chat.message.list({ contactId, before: 1, after: 1 })).rejects.toEqual(
      code("badArgument"),
    );
  });

  test("can be cleared on this side", async () => {
    const [ada, bob] = await people.contacts();
    await ada.chat.message.send({ contactId: await ada.contact(), text: "hi" });
    await people.settle();
    await bob.chat.conversation.clear({ contactId: await bob.contact() });
    expect(await bob.history()).toEqual([]);
    expect(await bob.chat.conversation.list()).toMatchObject([{ unread: 0 }]);
    expect(await ada.history()).toContain("hi");
  });
});

test("a draft is kept through a restart, and gone when the message is sent", async () => {
  const [ada] = await people.contacts();
  const contactId = await ada.contact();
  await ada.chat.draft.set({ contactId, draft: { text: "half a sen" } });
  const again = openTestChat(ada.agent, ada.store, people.clock);
  expect((await again.conversation.get({ contactId })).draft).toEqual({ text: "half a sen" });
  await again.message.send({ contactId, text: "half a sentence" });
  expect(await again.conversation.get({ contactId })).not.toHaveProperty("draft");
});

test("what a failed transaction of the agent changed is told to nobody", async () => {
  const [ada] = await people.contacts();
  const before = ada.events.length;
  const [connection] = ada.agent.connections();
  if (connection === undefined) throw new Error("no connection");
  expect(() =>
    ada.agent.emitFor(connection, {
      type: "message",
      message: { body: utf8Encode('{"event":"x.ok","params":{}}') },
    }),
  ).toThrow();
  await people.settle();
  expect(ada.events.slice(before).filter(({ type }) => type.startsWith("message"))).toEqual([]);
});

test("connections that a crash left without a purpose are deleted at the next start", async () => {
  const [ada] = await people.contacts();
  await ada.agent.createInvitation(1);
  expect(ada.agent.connections()).toHaveLength(2);
  openTestChat(ada.agent, ada.store, people.clock);
  expect(ada.agent.connections()).toHaveLength(1);
});
