import { beforeEach, describe, expect, test } from "vitest";
import type { ConnectionId } from "../agent/api.ts";
import { utf8Encode } from "../bytes/index.ts";
import type { Chat } from "./api.ts";
import { requests } from "./store/tables.ts";
import { code } from "./testing/chat-error.ts";
import { openTestChat, People } from "./testing/people.ts";

let people: People;
beforeEach(() => {
  people = new People();
});

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
