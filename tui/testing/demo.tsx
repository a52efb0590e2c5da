/** Runs the client over the chat in memory, to look at it: `demo [contacts] [messages]`; 0 contacts is a first run. */
import process from "node:process";
import { createFakeChat } from "../../core/chat/testing/fake-chat.ts";
import { lastOpenInMemory } from "../settings/last-open.ts";
import { settingsInMemory } from "../settings/settings-file.ts";
import { runTerminalClient } from "../terminal/run.tsx";

const contacts = Number(process.argv[2] ?? 1000);
const messages = Number(process.argv[3] ?? 100_000);
const chat = createFakeChat({ nowMs: () => Date.now(), contacts, messages, profile: contacts > 0 });
if (contacts > 0) {
  chat.peer.request("Hedy Lamarr", "We met at the conference.");
}
// For the test of what a defect leaves on the terminal.
process.on("SIGUSR2", () => {
  throw new Error("a defect");
});
const answerMs = process.env["SOTTO_TEST_ANSWER_MS"];
await runTerminalClient({
  chat,
  settings: settingsInMemory({
    background: process.env["SOTTO_TEST_BACKGROUND"] === "light" ? "light" : "auto",
  }),
  lastOpen: lastOpenInMemory(),
  suggestedName: process.env["USER"] ?? "",
  ...(answerMs !== undefined && { answerMs: Number(answerMs) }),
  startRelay: async () => "smp://u2dS9sG8nMNURyZwqASV4yROM28Er0luVTx5X1CsMrU=@127.0.0.1",
});
process.exit();
