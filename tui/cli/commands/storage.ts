import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ChatError } from "../../../core/chat/api.ts";
import { toChatError } from "../../../core/chat/engine/errors.ts";
import { privateFolderMode } from "../../../core/store/sqlite/atomic-file.ts";
import { restore as restoreStore } from "../../../core/store/sqlite/backup.ts";
import { storeState } from "../../../core/store/sqlite/open.ts";
import { translated } from "../../../core/store/sqlite/translated.ts";
import { withHiddenTyping } from "../../open/hidden-typing.ts";
import type { Command } from "../command.ts";

const newPassphrase = {
  "new-passphrase-fd": { value: "N", help: "file descriptor to read it from (or set SOTTO_NEW_PASSPHRASE)" },
};

export const backup: Command = {
  name: "backup",
  summary: "writes everything into one encrypted file",
  usage: ["backup <file>"],
  options: newPassphrase,
  details: `The backup is encrypted under a passphrase of its own, which is asked for. After it was restored,
conversations agree on new keys by themselves before anything is sent.`,
  arguments: [1, 1],
  async run({ args, io, open, passphrases }) {
    const path = resolve(args[0] ?? "");
    const { chat } = await open();
    checkNewFile(path);
    const passphrase = await passphrases.next("Passphrase of the backup");
    const { sizeBytes } = await chat.storage.backup({ path, passphrase });
    io.result({ path, sizeBytes }, "");
    io.note(
      `${path}: ${Math.ceil(sizeBytes / 1024)} KiB. Whoever has the file and its passphrase has everything.`,
    );
  },
};

/** Whether a file can be made there, before anybody is asked for a passphrase. @throws ChatError */
function checkNewFile(path: string): void {
  if (existsSync(path)) throw new ChatError("noPermission", `${path} exists already; nothing was written.`);
  try {
    translated(`write ${path}`, () => accessSync(dirname(path), constants.W_OK));
  } catch (error) {
    throw toChatError(error);
  }
}

export const restore: Command = {
  name: "restore",
  summary: "makes a profile out of a backup",
  usage: ["restore <file>"],
  options: {},
  details: `The profile must not exist yet. Its passphrase is that of the backup. End the client that the backup is of
for good before: two that use the same conversations break them.`,
  arguments: [1, 1],
  async run({ args, io, folders, passphrases, openOrCreate }) {
    const path = resolve(args[0] ?? "");
    if (storeState(folders.store) !== "none")
      throw new ChatError(
        "profileExists",
        `The profile "${folders.profile}" exists already: name another with --profile. Nothing was changed.`,
      );
    const passphrase = await passphrases.current("Passphrase of the backup");
    try {
      translated(`make ${folders.store}`, () =>
        mkdirSync(folders.store, { recursive: true, mode: privateFolderMode }),
      );
      restoreStore(path, passphrase, folders.store);
    } catch (error) {
      throw toChatError(error);
    }
    const { chat } = await openOrCreate(passphrase);
    const info = await chat.storage.info();
    io.result(info, "");
    io.note(
      `Restored: ${info.contacts} contacts, ${info.messages} messages. Conversations agree on new keys now.`,
    );
  },
};

export const passphrase: Command = {
  name: "passphrase",
  summary: "sets, changes or removes the passphrase of the profile",
  usage: ["passphrase", "passphrase --remove"],
  options: {
    remove: { help: "goes back to a key file that only this user can read" },
    ...newPassphrase,
  },
  arguments: [0, 0],
  async run({ io, options, open, passphrases }) {
    const { chat } = await open();
    const { passphrase: isSet } = await chat.storage.info();
    const { current, next } = await withHiddenTyping(async () => ({
      current: isSet ? await passphrases.current("Current passphrase") : "",
      next: options.flag("remove") ? "" : await passphrases.next("New passphrase"),
    }));
    if (next === "" && !options.flag("remove"))
      throw new ChatError(
        "badArgument",
        "A passphrase has at least one character; --remove takes it away. Nothing was changed.",
      );
    await chat.storage.setPassphrase({ current, passphrase: next });
    io.result({ passphrase: next !== "" }, "");
    io.note(
      next === ""
        ? "The passphrase is removed."
        : "The passphrase is set. Nobody can restore a forgotten one.",
    );
  },
};
