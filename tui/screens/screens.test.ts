import { describe, expect, test } from "vitest";
import { startDriver, testNowMs } from "../testing/driver.ts";

describe("joining and inviting", () => {
  test("a pasted link connects", async () => {
    const { keys, paste, text } = await startDriver();
    await keys("ctrl-o");
    await paste("  simplex:/invitation#/?v=2-7&smp=x \n");
    await keys("down", "down", "enter");
    expect(text()).toContain("Margaret Hamilton");
    expect(text()).toContain("connecting ...");
  });

  test("a wrong link is told in one line, and stays to be mended", async () => {
    const { keys, text } = await startDriver({ link: "https://example.org" });
    await keys("down", "down", "enter");
    expect(text()).toContain("This is not an invitation");
    expect(text()).toContain("https://example.org");
  });

  test("a picture is read for its code", async () => {
    const { keys, paste, text } = await startDriver();
    await keys("ctrl-o");
    await paste("~/code.png");
    await keys("down", "down", "enter");
    expect(text()).toContain("Margaret Hamilton");
  });

  test("a used invitation leads to the conversation; one left waiting is in the list", async () => {
    const { keys, text, chat } = await startDriver();
    await keys("ctrl-t");
    expect(text()).toContain("Invite someone");
    await keys("esc");
    expect(text()).toContain("invitation not used yet");
    await keys("'waiting'", "enter");
    expect(text()).toContain("Invite someone");
    chat.peer.takeInvitation("Lin");
    await keys();
    await new Promise((resolve) => setImmediate(resolve));
    expect(text()).toContain("Lin");
    expect(text()).toContain("you can write");
  });

  test("the link is copied and saved as a picture", async () => {
    const { keys, text, host } = await startDriver();
    await keys("ctrl-t", "c");
    expect(host.copied[0]).toMatch(/^https:\/\/relay\.example\/i#/);
    await keys("s");
    await expect.poll(() => text()).toContain("/home/ada/sotto-invitation.png");
  });

  test("no relay: the screen says so and nothing is left waiting", async () => {
    const { keys, text, chat } = await startDriver();
    const { create } = chat.invitation;
    chat.invitation.create = () => Promise.reject(new Error("No relay could be reached. Nothing was made."));
    await keys("ctrl-t");
    expect(text()).toContain("No relay could be reached.");
    expect(text()).not.toContain("Show this code");
    chat.invitation.create = create;
    await keys("n");
    expect(text()).toContain("Show this code");
  });
});

test("an invitation that shows a random name says so, also later", async () => {
  const { keys, app, text } = await startDriver();
  app.run("invite.incognito");
  await keys("n");
  expect(text().replace(/\s+/g, " ")).toContain("random name");
  await keys("n");
  expect(text().replace(/\s+/g, " ")).toContain("random name");
});

test("verification compares, remembers, and takes back", async () => {
  const { keys, app, text, chat } = await startDriver();
  await keys("tab", "tab");
  app.run("contact.verify");
  await keys();
  await new Promise((resolve) => setImmediate(resolve));
  expect(text()).toContain("24680 13579");
  await keys("v");
  expect((await chat.contact.get({ contactId: 2 })).verified).toBe(true);
});

test("deleting a contact asks first", async () => {
  const { keys, app, text, chat } = await startDriver();
  await keys("tab");
  app.run("contact.details");
  await keys();
  for (let step = 0; step < 20; step++) await keys("down");
  await keys("enter");
  expect(text()).toContain("no, keep it");
  await keys("enter");
  expect(await chat.contact.list()).toHaveLength(5);
  await keys("enter", "down", "enter");
  expect(await chat.contact.list()).toHaveLength(4);
});

test("a question mark is typed where there is a text, and shows the keys elsewhere on a page", async () => {
  const { keys, text } = await startDriver();
  await keys("ctrl-o", "'smp?p=1'");
  expect(text()).toContain("smp?p=1");
  await keys("down", "?");
  expect(text()).toContain("Keys: a page");
});

test("escape goes back from a code to the page that showed it", async () => {
  const { keys, app, text } = await startDriver();
  app.run("address.open");
  await keys("enter", "enter");
  expect(text()).toContain("for anybody, until you delete it");
  await keys("esc");
  expect(text()).toContain("Welcome text");
});

test("a new passphrase is typed twice, and two different ones set nothing", async () => {
  const { keys, app, text, chat } = await startDriver();
  const set: unknown[] = [];
  chat.storage.setPassphrase = async ({ passphrase }) => void set.push(passphrase);
  app.run("settings.open");
  await new Promise((resolve) => setImmediate(resolve));
  for (let step = 0; step < 20; step++) await keys("down");
  await keys("'hush'", "enter", "'hash'", "enter");
  expect(text()).toContain("The two passphrases differ");
  expect(set).toEqual([]);
  await keys("ctrl-u", "'hush'", "enter");
  expect(set).toEqual(["hush"]);
  expect(text()).not.toContain("Once more");
});

test("a backup and the first run ask for a passphrase twice, too", async () => {
  const { keys, app, text } = await startDriver();
  app.run("backup.open");
  await keys("'~/b'", "enter", "'hush'", "enter", "'hash'", "enter", "enter");
  expect(text()).toContain("The two passphrases differ");
  await keys("up", "ctrl-u", "'hush'", "enter", "enter");
  expect(text()).toContain("The backup is written: /home/ada/b");
  const first = await startDriver({ contacts: 0, profile: false });
  await first.keys("enter", "left", "enter", "'hush'", "enter", "'hash'", "enter", "enter");
  expect(first.text()).toContain("The two passphrases differ");
  expect(await first.chat.profile.get()).toBeNull();
});

test("withdrawing an invitation, deleting the address and removing a relay ask first", async () => {
  const { keys, app, text, chat } = await startDriver();
  await keys("ctrl-t", "x");
  expect(text()).toContain("no, keep it");
  await keys("enter");
  expect(await chat.invitation.list()).toHaveLength(1);
  await keys("x", "down", "enter");
  expect(await chat.invitation.list()).toHaveLength(0);

  app.run("address.open");
  await keys("enter", "down", "down", "down", "enter", "enter");
  expect(await chat.address.get()).not.toBeNull();
  await keys("enter", "down", "enter");
  expect(await chat.address.get()).toBeNull();

  const relays = await chat.relay.list();
  app.run("relays.open");
  await new Promise((resolve) => setImmediate(resolve));
  await keys("left", "enter");
  expect(await chat.relay.list()).toEqual(relays);
  await keys("left", "down", "enter");
  expect(await chat.relay.list()).toHaveLength(relays.length - 1);
  expect(text()).toContain("Add a relay");
});

test.each([
  [40, 12],
  [60, 20],
  [80, 24],
])("the keys of an invitation are seen at %i columns and %i rows", async (columns, rows) => {
  const { keys, screen } = await startDriver({ size: { columns, rows } });
  await keys("ctrl-t", "l");
  const shown = screen().join("\n").replaceAll("\u00a0", " ");
  expect(shown).toMatch(/c +copy/);
  expect(shown).toMatch(/esc +keep it waiting/);
});

test("a reaction is found by its name", async () => {
  const { keys, chat, app } = await startDriver();
  await keys("tab", "up", "+", "'thumbsup'", "enter");
  const id = app.ui.model.thread?.selectedId;
  expect(
    (await chat.message.list({ contactId: 1 })).messages.find((message) => message.id === id)?.reactions,
  ).toContainEqual(expect.objectContaining({ emoji: "👍", mine: true }));
});

test("the details of a contact follow what happens to it", async () => {
  const { keys, app, text, chat } = await startDriver();
  await keys("tab");
  app.run("contact.details");
  await new Promise((resolve) => setImmediate(resolve));
  const security = await chat.connection.security({ contactId: 1 });
  chat.connection.security = async () => ({ ...security, receiveRelays: ["other.example"] });
  await chat.contact.mute({ contactId: 1, muted: true });
  await new Promise((resolve) => setImmediate(resolve));
  expect(text()).toContain("through other.example");
});

test("what is allowed is chosen first and told with enter; leaving the row tells nothing", async () => {
  const { keys, app, text, chat } = await startDriver();
  await keys("tab");
  app.run("contact.details");
  await new Promise((resolve) => setImmediate(resolve));
  const told: unknown[] = [];
  const features = await chat.contact.preferences({ contactId: 1 });
  chat.contact.setPreferences = async ({ preferences }) => {
    told.push(preferences);
    return features;
  };
  await keys("down", "down", "down", "right", "right");
  expect(text()).toContain("after 5 min");
  expect(text()).toContain("enter saves");
  await keys("down", "up");
  expect(text()).not.toContain("after 5 min");
  expect(told).toEqual([]);
  await keys("right", "right", "right", "enter");
  expect(told).toEqual([{ timedMessages: { allow: "yes", ttlSeconds: 3600 } }]);
});

test("search finds messages and goes to them", async () => {
  const { keys, text, app } = await startDriver();
  await keys("ctrl-g", "'printed'");
  expect(text()).toContain("Bring the printed code");
  await keys("enter");
  expect(app.ui.model.thread?.selectedId).toBeDefined();
  expect(text()).toMatch(/▌ Bring the printed code/);
});

test("help lists the keys of the place one is in", async () => {
  const { keys, text } = await startDriver();
  await keys("tab", "?");
  expect(text()).toContain("Keys: writing");
  await keys("?");
  expect(text()).toContain("▏ ?");
});

test("the relay state is told in the header", async () => {
  const { chat, text } = await startDriver();
  chat.peer.relay({ host: "relay.example", state: "down", retryAtMs: testNowMs + 8000 });
  expect(text()).toContain("no relay: next try 14:30:08");
});
