import process from "node:process";
import { ChatError } from "../../../core/chat/api.ts";
import type { Command } from "../command.ts";

/** What runs when no command is given: the terminal client. */
export const client: Command = {
  name: "",
  summary: "opens the terminal client",
  usage: ["[--profile NAME] [--data DIR]"],
  options: {},
  arguments: [0, 0],
  async run({ openOrCreate, folders }) {
    if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
      throw new ChatError(
        "badArgument",
        "There is no terminal to draw on. Without one there are commands (sotto --help) and sotto rpc.",
      );
    }
    const modules = Promise.all([
      import("../../terminal/run.tsx"),
      import("../../settings/settings-file.ts"),
      import("../../settings/last-open.ts"),
    ]);
    const { chat, localRelay } = await openOrCreate();
    const [{ runTerminalClient }, { openSettings }, { openLastOpen }] = await modules;
    await runTerminalClient({
      chat,
      settings: openSettings(folders.settings),
      lastOpen: openLastOpen(folders.lastOpen),
      // The system's user name would tell contacts more than the user chose to.
      suggestedName: "",
      startRelay: () => localRelay.start(),
    });
  },
};
