import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { LowSync } from "lowdb";
import { JSONFileSync } from "lowdb/node";
import { defaultSettings, parseSettings, type Settings } from "./settings.ts";

/** The settings of the user, read once; at each change what changed is written. */
export interface SettingsFile {
  readonly settings: Settings;
  /** What is wrong in the file, for people; such a file is not written over. */
  readonly problems: readonly string[];
  update(change: Partial<Settings>): void;
}

/** Settings that live as long as the process; for tests, and where no file can be read. */
export function settingsInMemory(initial: Partial<Settings> = {}): SettingsFile {
  let settings: Settings = { ...defaultSettings, ...initial };
  return {
    get settings() {
      return settings;
    },
    problems: [],
    update: (change) => {
      settings = { ...settings, ...change };
    },
  };
}

/** The settings file at `path`; it need not exist. Never throws: without a file that can be read or written the settings last as long as the process. */
export function openSettings(path: string): SettingsFile {
  const db = new LowSync<unknown>(new JSONFileSync<unknown>(path), {});
  const problems: string[] = [];
  let writable = true;
  try {
    db.read();
  } catch (error) {
    problems.push(error instanceof SyntaxError ? "it is not JSON" : "it can't be read");
    writable = false;
  }
  const parsed = parseSettings(db.data ?? {});
  let { settings } = parsed;
  problems.push(...parsed.problems);
  return {
    get settings() {
      return settings;
    },
    problems,
    update: (change) => {
      settings = { ...settings, ...change };
      if (!writable || problems.length > 0) return;
      try {
        mkdirSync(dirname(path), { recursive: true });
        db.read();
        // Another client may have changed other settings since; one that the user left in need of mending stays.
        const found = parseSettings(db.data ?? {});
        if (found.problems.length > 0) return;
        db.data = { ...found.settings, ...change };
        db.write();
      } catch {
        // Looks are not worth stopping a conversation for: the change holds until the end of the process.
        writable = false;
      }
    },
  };
}
