import { beforeEach, expect, test } from "vitest";
import { World, type WorldRelay, within } from "../agent/testing/world.ts";
import { base64urlEncode } from "../bytes/index.ts";
import { systemRandom } from "../crypto/random.ts";
import { ChatPerson } from "./people.ts";

let world: World;
let relays: readonly WorldRelay[];
let ada: ChatPerson;
let bob: ChatPerson;

beforeEach(async () => {
  world = new World();
  relays = [world.addRelay("relay-a.example"), world.addRelay("relay-b.example")];
  ada = new ChatPerson(world, "ada");
  bob = new ChatPerson(world, "bob");
  for (const person of [ada, bob]) await person.introduce(relays);
});

async function connectByInvitation(): Promise<void> {
  const { shortLink = "" } = await within(world, ada.chat.invitation.create({}));
  await within(world, bob.chat.connection.join({ link: shortLink }));
  await world.until(() => ada.isConnected && bob.isConnected);
}

async function send(from: ChatPerson, to: ChatPerson, text: string): Promise<number> {
  const { id } = await from.chat.message.send({ contactId: await from.contact(), text });
  await world.until(() => to.has(text));
  return id;
}

test("two people connect by a short invitation link and write to each other, quantum-safe and with receipts", async () => {
  await connectByInvitation();
  const id = await send(ada, bob, "hello bob");
  await world.until(() =>
    ada.was(
      (event) =>
        event.type === "message.updated" &&
        event.message.id === id &&
        event.message.status?.state === "delivered",
    ),
  );
  for (const text of ["one", "two", "three"]) await send(bob, ada, text);
  await send(ada, bob, "four");
  expect((await ada.history()).filter((text) => !text.startsWith("["))).toEqual([
    "hello bob",
    "one",
    "two",
    "three",
    "four",
  ]);
  expect(await bob.history()).toEqual(
    expect.arrayContaining(["[connected]", "[quantumSafe]", "hello bob", "four"]),
  );
  const [security, theirs] = [
    await ada.chat.connection.security({ contactId: await ada.contact() }),
    await bob.chat.connection.security({ contactId: await bob.contact() }),
  ];
  expect(security.quantum.state).toBe("on");
  expect(security.code).toBe(theirs.code);
  expect(security.receiveRelays).toHaveLength(1);
  await ada.chat.contact.verify({ contactId: await ada.contact(), code: theirs.code ?? "" });
  // The two directions take different relays.
  expect(security.receiveRelays).not.toEqual(theirs.receiveRelays);
});

test("people with pictures that don't fit into what makes a connection see each other's as well", async () => {
  const image = () => `data:image/jpeg;base64,${Buffer.from(systemRandom(9_000)).toString("base64")}`;
  const images = [image(), image()];
  for (const [i, person] of [ada, bob].entries())
    await person.chat.profile.update({ image: images[i] ?? "" });
  await connectByInvitation();
  const seen = async (person: ChatPerson) => (await person.chat.contact.list())[0]?.profile.image;
  await world.until(() =>
    [ada, bob].every((one) =>
      one.was((event) => event.type === "contact.updated" && event.contact.profile.image !== undefined),
    ),
  );
  expect([await seen(bob), await seen(ada)]).toEqual(images);
});

test("an invitation is used once: the second to come is told so, and the first pair goes on", async () => {
  const eve = new ChatPerson(world, "eve");
  await eve.introduce(relays);
  const { shortLink = "", fullLink } = await within(world, ada.chat.invitation.create({}));
  await within(world, bob.chat.connection.join({ link: shortLink }));
  await world.until(() => ada.isConnected && bob.isConnected);
  for (const link of [shortLink, fullLink]) {
    await expect(within(world, eve.chat.connection.join({ link }))).rejects.toMatchObject({
      code: "linkUsed",
    });
  }
  expect(await eve.chat.contact.list()).toEqual([]);
  await send(ada, bob, "still here");
});

test("people ask to connect by an address, with some words, and are let in by hand", async () => {
  const { shortLink = "" } = await within(world, ada.chat.address.create());
  await within(world, ada.chat.address.update({ welcomeText: "welcome!" }));
  expect(await within(world, bob.chat.connection.preview({ link: shortLink }))).toMatchObject({
    kind: "address",
    profile: { displayName: "ada" },
    welcomeText: "welcome!",
  });
  await expect(
    within(world, bob.chat.connection.join({ link: shortLink, text: "x".repeat(11_000) })),
  ).rejects.toMatchObject({
    code: "tooLong",
    message: expect.stringMatching(/\(11\d+ bytes, 10592 fit\)/) as unknown,
  });
  await within(world, bob.chat.connection.join({ link: shortLink, text: "it's bob" }));
  await world.until(() => ada.was(({ type }) => type === "request.added"));
  const [request] = await ada.chat.request.list();
  expect(request).toMatchObject({ text: "it's bob", profile: { displayName: "bob" } });
  await within(world, ada.chat.request.accept({ requestId: request?.id ?? 0 }));
  await world.until(() => bob.has("welcome!"));
  await send(bob, ada, "thanks");
  expect(await ada.history()).toEqual(expect.arrayContaining(["it's bob", "welcome!", "thanks"]));
});

test("edits, deletions and reactions arrive, in both directions", async () => {
  await connectByInvitation();
  const id = await send(ada, bob, "helo");
  await ada.chat.message.edit({ messageId: id, text: "hello" });
  await world.until(() => bob.has("hello"));
  const { messages } = await bob.chat.message.list({ contactId: await bob.contact(), limit: 1 });
  await bob.chat.message.react({ messageId: messages[0]?.id ?? 0, emoji: "👍", add: true });
  await world.until(() =>
    ada.was((event) => event.type === "message.updated" && event.message.reactions.length === 1),
  );
  await ada.chat.message.delete({ messageId: id, for: "both" });
  await world.until(() =>
    bob.was((event) => event.type === "message.updated" && event.message.deletedBy === "contact"),
  );
  expect((await bob.history()).at(-1)).toBe("[deleted]");
});

test("long messages arrive compressed, whole", async () => {
  await connectByInvitation();
  const long = "All work and no play makes Jack a dull boy. ".repeat(1400);
  await send(ada, bob, long);
  await send(bob, ada, "\u{1f600}".repeat(10_000));
  await expect(
    ada.chat.message.send({
      contactId: await ada.contact(),
      text: base64urlEncode(systemRandom(14_000)),
    }),
  ).rejects.toMatchObject({ code: "tooLong", message: expect.stringContaining("13573") as unknown });
  await send(ada, bob, "after");
});

test("what was written while the relay was away, and what came while we were, arrives after a restart in order", async () => {
  await connectByInvitation();
  for (const relay of relays) {
    relay.up = false;
    world.cut(relay);
  }
  for (const text of ["one", "two", "three"])
    await ada.chat.message.send({ contactId: await ada.contact(), text });
  await ada.restart();
  await bob.chat.close();
  for (const relay of relays) relay.up = true;
  await world.until(() =>
    ada.was(
      (event) =>
        event.type === "message.updated" &&
        event.message.text === "three" &&
        event.message.status?.state === "sent",
    ),
  );
  await bob.restart();
  await world.until(() => bob.has("three"));
  expect((await bob.history()).filter((text) => !text.startsWith("["))).toEqual(["one", "two", "three"]);
});

test("while a relay is away it is told when it is tried next, until it is back", async () => {
  await connectByInvitation();
  const [own] = (await ada.chat.connection.security({ contactId: await ada.contact() })).receiveRelays;
  const relay = relays.find(({ text }) => own !== undefined && text.includes(own));
  if (relay === undefined) throw new Error("no relay");
  relay.up = false;
  world.cut(relay);
  const status = async () => (await ada.chat.relay.status()).find(({ host }) => host === own);
  const toldMs = () =>
    ada.events.flatMap((event) => (event.type === "relay.status" ? (event.status.retryAtMs ?? []) : []));
  await world.until(() => toldMs().length > 1);
  expect(await status()).toEqual({ host: own, state: "down", retryAtMs: toldMs().at(-1) });
  expect(toldMs().at(-1)).toBeGreaterThan(world.clock.nowMs());
  relay.up = true;
  await world.until(() => {
    const last = ada.events.findLast(({ type }) => type === "relay.status");
    return last?.type === "relay.status" && last.status.state === "up";
  });
  expect(await status()).toEqual({ host: own, state: "up" });
});

test("a conversation moves to another relay and goes on", async () => {
  await connectByInvitation();
  const before = (await ada.chat.connection.security({ contactId: await ada.contact() })).receiveRelays;
  await ada.chat.connection.rotate({ contactId: await ada.contact() });
  await world.until(() =>
    ada.was(
      ({ type, ...event }) =>
        type === "message.added" &&
        "message" in event &&
        event.message.content.type === "event" &&
        event.message.content.event.type === "relayChanged" &&
        event.message.content.event.phase === "completed",
    ),
  );
  expect((await ada.chat.connection.security({ contactId: await ada.contact() })).receiveRelays).not.toEqual(
    before,
  );
  await send(bob, ada, "over the new relay");
});

test("the encryption is agreed anew: one line when it begins and one when it is done, on both sides", async () => {
  await connectByInvitation();
  await ada.chat.connection.resync({ contactId: await ada.contact(), force: true });
  const lines = async (person: ChatPerson) => {
    const { messages } = await person.chat.message.list({ contactId: await person.contact(), limit: 50 });
    return messages.flatMap(({ content }) =>
      content.type === "event" && content.event.type === "ratchetSync" ? [content.event.state] : [],
    );
  };
  const isAgreed = (person: ChatPerson) =>
    person.was(
      (event) =>
        event.type === "message.added" &&
        event.message.content.type === "event" &&
        event.message.content.event.type === "ratchetSync" &&
        event.message.content.event.state === "ok",
    );
  await world.until(() => isAgreed(ada) && isAgreed(bob));
  expect(await lines(ada)).toEqual(["running", "ok"]);
  expect(await lines(bob)).toEqual(["running", "ok"]);
});

test("deleting a contact tells the other side, and leaves nothing on the relays", async () => {
  await connectByInvitation();
  await ada.chat.contact.delete({ contactId: await ada.contact(), notify: true });
  await world.until(() =>
    bob.was((event) => event.type === "contact.updated" && event.contact.state === "deleted"),
  );
  await bob.chat.contact.delete({ contactId: await bob.contact(), notify: false });
  await world.clock.advance(120_000);
  expect(relays.map(({ store }) => store.counts().queues)).toEqual([0, 0]);
});

test("a message in code points of every kind survives the way", async () => {
  await connectByInvitation();
  const text = `привет 👋🏽 "q" \\ \u0001 <>&/ שלום ${"x".repeat(5000)}`;
  await send(ada, bob, text);
  expect((await bob.history()).at(-1)).toBe(text);
});
