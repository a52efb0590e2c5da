import { describe, expect, onTestFinished, test, vi } from "vitest";
import { lineText } from "../style/line.ts";
import { startDriver, testNowMs } from "../testing/driver.ts";
import { textWidth } from "../text/width.ts";
import { frameOf } from "../view/frame.ts";

describe("the first run", () => {
  test("a name and enter lead to an invitation", async () => {
    const { keys, text, chat } = await startDriver({
      contacts: 0,
      profile: false,
      host: { startRelay: async () => "smp://x@127.0.0.1" },
    });
    expect(text()).toContain("Your name");
    await keys("backspace", "backspace", "backspace", "'grace'", "enter", "down", "down", "enter");
    expect(await chat.profile.get()).toMatchObject({ displayName: "grace" });
    expect(await chat.relay.list()).toMatchObject([{ origin: "local", address: "smp://x@127.0.0.1" }]);
    expect(text()).toContain("Invite someone");
    expect(await chat.invitation.list()).toHaveLength(1);
  });

  test("enter alone goes through it, row by row, and changes nothing on its way", async () => {
    const host = { startRelay: async () => "smp://x@127.0.0.1" };
    const { keys, chat } = await startDriver({ contacts: 0, profile: false, host });
    await keys("enter", "enter", "enter", "enter");
    expect(await chat.profile.get()).toMatchObject({ displayName: "ada" });
    expect(await chat.relay.list()).toMatchObject([{ origin: "local" }]);
  });

  test("nothing is made without a name, and escape does not leave", async () => {
    const { keys, text, chat } = await startDriver({ contacts: 0, profile: false });
    await keys("ctrl-u", "esc", "down", "down", "down", "down", "enter");
    expect(text()).toContain("Type a name first");
    expect(await chat.profile.get()).toBeNull();
  });

  test("public relays are named with who runs them before they are chosen", async () => {
    const { keys, text, chat } = await startDriver({ contacts: 0, profile: false });
    await keys("enter", "right");
    expect(text()).toContain("Example Operator");
    expect(text()).toContain("https://relay.example/conditions");
    expect(await chat.relay.list()).not.toContainEqual(expect.objectContaining({ origin: "preset" }));
  });
});

describe("a conversation", () => {
  test("a message is typed, sent and marked", async () => {
    const { keys, text, chat } = await startDriver();
    await keys("tab", "'hello there'", "enter");
    expect(text()).toMatch(/hello there +14:30 · /);
    const last = (await chat.message.list({ contactId: 1 })).messages.at(-1);
    chat.peer.status(last?.id ?? 0, { state: "delivered", atMs: testNowMs });
    expect(text()).toMatch(/hello there +14:30 ✓✓/);
  });

  test("what cannot be sent is back in the composer, and the reason is told", async () => {
    const { keys, text, chat } = await startDriver();
    chat.message.send = () => Promise.reject(new Error("The disk is full."));
    await keys("tab", "'important'", "enter");
    expect(text()).toContain("▏ important");
    expect(text()).toContain("The disk is full.");
  });

  test("why a message failed is told when it is selected, and it can be sent again", async () => {
    const { keys, text, chat } = await startDriver();
    await keys("tab", "'hello'", "enter");
    const id = (await chat.message.list({ contactId: 1 })).messages.at(-1)?.id ?? 0;
    chat.peer.status(id, { state: "failed", reason: "The contact's queue is gone." });
    expect(text()).toMatch(/hello +14:30 !/);
    await keys("up");
    expect(text()).toContain("Not sent: The contact's queue is gone. t tries again.");
    await keys("t");
    expect(text()).toMatch(/hello +14:30 ·/);
  });

  test("many pasted lines are one message", async () => {
    const { keys, paste, chat } = await startDriver();
    await keys("tab");
    await paste("one\r\ntwo\rthree\x1b[31m");
    await keys("enter");
    expect((await chat.message.list({ contactId: 1 })).messages.at(-1)?.text).toBe("one\ntwo\nthree");
  });

  test("each conversation keeps its draft, in the store too", async () => {
    const { keys, text, chat } = await startDriver();
    await keys("tab", "'half a thought'", "tab");
    expect(text()).not.toContain("half a thought");
    await keys("esc");
    expect(text()).toContain("draft: half a thought");
    await keys("esc", "shift-tab");
    expect(text()).toContain("▏ half a thought");
    expect((await chat.conversation.get({ contactId: 1 })).draft).toEqual({ text: "half a thought" });
  });

  test("up selects messages: reply, edit, react, copy, delete", async () => {
    const { keys, text, chat, host } = await startDriver();
    await keys("tab", "'mine'", "enter", "up");
    expect(text()).toMatch(/▌ mine/);
    await keys("e");
    expect(text()).toContain("edit mine");
    await keys("'!'", "enter");
    expect(text()).toMatch(/mine! +edited/);
    await keys("up", "y");
    expect(host.copied).toEqual(["mine!"]);
    await keys("+", "enter");
    expect(text()).toMatch(/mine! +👍 1/);
    await keys("r", "'answer'", "enter");
    expect(text()).toContain("│ mine!");
    await keys("up", "d");
    expect(text()).toContain("delete this message?");
    await keys("enter");
    expect(text()).toContain("you deleted this message");
    expect((await chat.message.list({ contactId: 1 })).messages.at(-1)?.deletedBy).toBe("me");
  });

  test("escape goes back one step at a time, to the list at last", async () => {
    const { keys, app } = await startDriver();
    await keys("tab", "up", "esc");
    expect(app.ui.model.focus).toBe("composer");
    await keys("pageup", "pageup", "esc");
    expect(app.ui.model.thread?.anchor).toBeUndefined();
    await keys("esc");
    expect(app.ui.model.focus).toBe("chats");
  });

  test("reading stops at the unread line, and what was seen is read", async () => {
    const { keys, text, chat } = await startDriver();
    chat.peer.message(3, "first new");
    chat.peer.message(3, "second new");
    await keys("'alan'", "enter");
    expect(text()).toMatch(/── 2 new ──[\s\S]*first new[\s\S]*second new/);
    expect((await chat.conversation.get({ contactId: 3 })).unread).toBe(0);
  });

  test("the whole history can be gone through by page up, and the end is one key away", async () => {
    const { keys, text, app } = await startDriver({ messages: 3000, contacts: 2 });
    await keys("tab");
    const first = (await app.ui.chat.message.list({ contactId: 1, after: 0, limit: 1 })).messages[0];
    for (let page = 0; app.ui.model.thread?.messages[0]?.id !== first?.id && page < 1000; page++)
      await keys("pageup");
    for (let page = 0; page < 200; page++) await keys("pageup");
    expect(text()).toContain("Did the relay move work out?");
    expect(app.ui.model.thread?.hasNewer).toBe(true);
    await keys("esc");
    expect(app.ui.model.thread?.hasNewer).toBe(false);
  });
});

test.each([40, 60, 80])(
  "at %i columns the keys named below are whole, and the last leads on or back",
  async (columns) => {
    const { keys, screen } = await startDriver({ size: { columns, rows: 12 } });
    await keys("tab");
    expect(screen().at(-1)).toMatch(/^ enter send .*\? keys$/);
    await keys("up");
    expect(screen().at(-1)).toMatch(/^ r reply .*esc back$/);
    expect(screen().at(-1)?.length).toBeLessThanOrEqual(columns);
  },
);

test("a window that is too small says what is needed, in as many rows as that takes", async () => {
  const { screen } = await startDriver({ size: { columns: 24, rows: 8 } });
  expect(screen().join(" ")).toContain("40 columns and 10 rows");
});

describe("notifications", () => {
  test("another conversation notifies by name, the open one does not, a muted one never", async () => {
    const { keys, chat, host } = await startDriver();
    await keys("tab");
    chat.peer.message(1, "seen at once");
    chat.peer.message(2, "psst");
    await chat.contact.mute({ contactId: 3, muted: true });
    chat.peer.message(3, "quiet");
    expect(host.notified).toEqual(["Ada Hopper: new message"]);
    await expect.poll(() => host.titles.at(-1)).toMatch(/^\(\d+\) sotto$/);
  });

  test("the open conversation notifies when the window is not looked at, and is read when it is again", async () => {
    const { keys, chat, host, app } = await startDriver();
    await keys("tab");
    app.attended(false);
    chat.peer.message(1, "are you there?");
    expect(host.notified).toHaveLength(1);
    expect((await chat.conversation.get({ contactId: 1 })).unread).toBe(1);
    app.attended(true);
    expect((await chat.conversation.get({ contactId: 1 })).unread).toBe(0);
  });

  test("what comes while the list or a screen covers the conversation stays unread, and is marked when it is seen", async () => {
    const { keys, text, chat, host } = await startDriver();
    const unread = async () => (await chat.conversation.get({ contactId: 1 })).unread;
    await keys("tab", "esc");
    chat.peer.message(1, "behind the list");
    expect(await unread()).toBe(1);
    expect(host.notified).toHaveLength(1);
    await keys("esc");
    await expect.poll(unread).toBe(0);
    expect(text()).toMatch(/── 1 new ──[\s\S]*behind the list/);
    await keys("ctrl-g");
    chat.peer.message(1, "behind the search");
    expect(await unread()).toBe(1);
    await keys("esc");
    await expect.poll(unread).toBe(0);
    chat.peer.message(1, "seen as it comes");
    expect(text()).toMatch(/── 1 new ──[\s\S]*behind the search/);
  });

  test("what comes below while one reads further up stays unread until one goes there", async () => {
    const { keys, text, chat } = await startDriver();
    const unread = async () => (await chat.conversation.get({ contactId: 1 })).unread;
    await keys("tab", "pageup");
    chat.peer.message(1, "further down");
    expect(await unread()).toBe(1);
    await keys("esc");
    await expect.poll(unread).toBe(0);
    expect(text()).toMatch(/── 1 new ──[\s\S]*further down/);
  });

  test("how much they tell is a setting", async () => {
    const { chat, host, settings } = await startDriver();
    settings.update({ notifyDetail: "none" });
    chat.peer.message(2, "psst");
    settings.update({ notifyDetail: "text" });
    chat.peer.message(2, "a\x1b]0;x\x07b");
    expect(host.notified).toEqual(["sotto: new message", "Ada Hopper: ab"]);
  });
});

test("a thousand messages at once are one frame, not a thousand", async () => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { app, chat, keys, text } = await startDriver();
  await keys("tab");
  let frames = 0;
  app.ui.subscribe(() => {
    frames++;
  });
  for (let index = 0; index < 1000; index++) chat.peer.message(1, `message ${index}`);
  expect(text()).toContain("message 999");
  expect(app.ui.shown()).not.toBe(app.ui.model);
  vi.advanceTimersToNextTimer();
  expect(app.ui.shown()).toBe(app.ui.model);
  expect(frames).toBe(1);
});

describe("the palette", () => {
  test("finds commands and people", async () => {
    const { keys, text, app } = await startDriver();
    await keys("ctrl-k", "'inv'", "enter");
    expect(text()).toContain("Invite someone");
    await keys("esc", "ctrl-k", "'gotoalan'", "enter");
    expect(app.ui.model.openId).toBe(3);
  });

  test("a slash opens it in an empty line only, and a text that is no command is kept", async () => {
    const { keys, text } = await startDriver();
    await keys("tab", "/", "'zzqx'", "enter");
    expect(text()).toContain("▏ /zzqx");
    await keys("/");
    expect(text()).toContain("▏ /zzqx/");
  });

  test("every command that it offers does something that does not fail", async () => {
    const first = await startDriver();
    const offered = [...first.app.commands.values()].filter(
      ({ hidden, id }) => hidden !== true && id !== "app.quit",
    );
    expect(offered.length).toBeGreaterThan(15);
    for (const { id } of offered) {
      const { app, keys } = await startDriver();
      await keys("tab", "up");
      if (app.commands.get(id)?.when?.(app.ui.model) === false) continue;
      app.run(id);
      await keys();
      await new Promise((resolve) => setImmediate(resolve));
      expect(app.ui.model.notice?.error ?? false, id).toBe(false);
    }
  });
});

test("whatever is shown, at any size, is exactly as large as the screen", async () => {
  const { app, keys, chat } = await startDriver({ contacts: 30, messages: 500 });
  chat.peer.message(1, "👩‍👩‍👧 日本語 ".repeat(30));
  chat.peer.message(1, "x".repeat(500));
  await keys("tab");
  const states: (readonly string[])[] = [
    [],
    ["up"],
    ["esc", "ctrl-k"],
    ["esc", "?"],
    ["esc", "ctrl-t"],
    ["esc", "ctrl-o"],
    ["esc", "ctrl-g", "'the'"],
    ["esc", "esc"],
  ];
  for (const state of states) {
    await keys(...state);
    for (const [columns, rows] of [
      [80, 24],
      [120, 40],
      [40, 10],
      [100, 30],
      [160, 50],
      [30, 5],
      [99, 12],
    ] as const) {
      app.ui.set({ size: { columns, rows } });
      const { bands } = frameOf(app.ui.model, app);
      expect(bands.reduce((sum, band) => sum + band.rows, 0)).toBe(rows);
      for (const { panes, rows: height } of bands)
        for (const { lines, width } of panes) {
          expect(lines.length, `${state.join()} ${columns}x${rows}`).toBeLessThanOrEqual(height);
          for (const line of lines)
            expect(textWidth(lineText(line)), lineText(line)).toBeLessThanOrEqual(Math.max(width, 34));
        }
    }
  }
});
