import { createFakeChat, type FakeChat } from "../../core/chat/testing/fake-chat.ts";
import { App } from "../app/app.ts";
import type { Host } from "../app/host.ts";
import { defaultKeyMap } from "../keys/keymap.ts";
import type { Size } from "../layout/layout.ts";
import { lastOpenInMemory } from "../settings/last-open.ts";
import { type SettingsFile, settingsInMemory } from "../settings/settings-file.ts";
import { lineText } from "../style/line.ts";
import { frameOf } from "../view/frame.ts";

export const testNowMs = new Date("2026-11-23T14:30:00").getTime();

/** What the client asked the terminal for. */
export interface HostLog {
  readonly copied: string[];
  readonly notified: string[];
  readonly titles: string[];
  readonly saved: { readonly name: string; readonly bytes: Uint8Array }[];
  exits: number;
}

export interface Driver {
  readonly app: App;
  readonly chat: FakeChat;
  readonly host: HostLog;
  readonly settings: SettingsFile;
  /** Presses keys by their names; a text in quotes is typed: `keys("ctrl-k", "'quit'", "enter")`. */
  keys(...names: string[]): Promise<void>;
  paste(text: string): Promise<void>;
  /** The rows of the screen. */
  screen(): string[];
  text(): string;
}

export interface DriverOptions {
  readonly size?: Size;
  readonly contacts?: number;
  readonly messages?: number;
  readonly profile?: boolean;
  readonly host?: Partial<Host>;
  readonly link?: string;
}

/** The client over the chat in memory, without a terminal: keys in, rows out. */
export async function startDriver(options: DriverOptions = {}): Promise<Driver> {
  const { size = { columns: 80, rows: 24 }, contacts = 5, messages = 200, profile = true } = options;
  const chat = createFakeChat({ nowMs: () => testNowMs, contacts, messages, profile });
  const log: HostLog = { copied: [], notified: [], titles: [], saved: [], exits: 0 };
  const host: Host = {
    nowMs: () => testNowMs,
    at: () => undefined,
    copy: (text) => log.copied.push(text),
    notify: (title, body) => log.notified.push(`${title}: ${body}`),
    windowTitle: (title) => log.titles.push(title),
    edit: async (text) => text,
    suspend: async () => undefined,
    fullPath: (typed) => typed.replace(/^~/, "/home/ada"),
    savePicture: async (name, bytes) => {
      log.saved.push({ name, bytes });
      return `/home/ada/${name}`;
    },
    readQrFile: async () => "simplex:/invitation#/?v=2-7",
    exit: () => {
      log.exits++;
    },
    ...options.host,
  };
  const settings = settingsInMemory();
  const app = new App({ chat, host, settings, keyMap: defaultKeyMap, size, lastOpen: lastOpenInMemory() });
  await app.start({ suggestedName: "ada", ...(options.link !== undefined && { link: options.link }) });
  // Everything in memory answers in microtasks: after a turn of the event loop it is done.
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const screen = () => {
    const { bands } = frameOf(app.ui.model, app);
    return bands.flatMap(({ rows, panes }) =>
      Array.from({ length: rows }, (_, row) => panes.map(({ lines }) => lineText(lines[row] ?? [])).join("")),
    );
  };
  return {
    app,
    chat,
    host: log,
    settings,
    keys: async (...names) => {
      for (const name of names) {
        if (name.startsWith("'"))
          for (const text of name.slice(1, -1)) app.press({ name: text === " " ? "space" : text, text });
        else app.press({ name, ...(name.length === 1 && { text: name }) });
        await settled();
      }
    },
    paste: async (text) => {
      app.paste(text);
      await settled();
    },
    screen,
    text: () => screen().join("\n"),
  };
}
