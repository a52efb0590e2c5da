/** The client over a made-up chat that shows much on one screen, for the pictures in the README. */
import process from "node:process";
import { createFakeChat } from "../../core/chat/testing/fake-chat.ts";
import { lastOpenInMemory } from "../settings/last-open.ts";
import { settingsInMemory } from "../settings/settings-file.ts";
import { runTerminalClient } from "../terminal/run.tsx";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const today = new Date("2026-11-23T00:00:00").getTime();
let nowMs = today;
const chat = createFakeChat({ nowMs: () => nowMs });
const at = (days: number, hours: number, minutes: number) => {
  nowMs = today + days * dayMs + (hours * 60 + minutes) * minuteMs;
};
async function meet(name: string): Promise<number> {
  await chat.invitation.create({});
  return chat.peer.takeInvitation(name).id;
}
async function say(contactId: number, text: string, replyTo?: number): Promise<number> {
  const { id } = await chat.message.send({ contactId, text, ...(replyTo !== undefined && { replyTo }) });
  chat.peer.status(id, { state: "delivered", atMs: nowMs });
  await chat.conversation.markRead({ contactId });
  return id;
}

at(-20, 9, 0);
const radia = await meet("Radia");
const katherine = await meet("Katherine");
const alan = await meet("Alan");
const design = await meet("Lin Clark");
const grace = await meet("Grace Hopper");
at(-6, 12, 30);
await say(radia, "the spanning tree poem, printed");
at(-3, 17, 2);
chat.peer.message(katherine, "The numbers are right. I checked them by hand.");
await say(katherine, "then we launch");
at(-1, 16, 40);
await say(alan, "thanks!");
at(-1, 21, 14);
const moved = chat.peer.message(grace, "Did the relay move work out?");
at(-1, 21, 20);
await say(grace, "Yes. Rotated overnight, nothing lost.", moved.id);
at(-1, 21, 26);
chat.peer.message(grace, "Good. I never trust a migration I did not watch.");
at(0, 13, 40);
chat.peer.message(design, "pushed the draft, have a look when you can");
at(0, 14, 1);
const code = chat.peer.message(grace, "Bring the printed code, we verify in person.");
await chat.message.react({ messageId: code.id, emoji: "❤", add: true });
await chat.conversation.markRead({ contactId: grace });
at(0, 14, 2);
chat.peer.message(grace, "see you at eight then");
chat.peer.message(grace, "north entrance, the one with the clock");
await chat.contact.verify({
  contactId: grace,
  code: (await chat.connection.security({ contactId: grace })).code ?? "",
});
await chat.draft.set({ contactId: alan, draft: { text: "about that proof" } });
at(0, 14, 3);
if (process.argv[2] !== "read") await chat.invitation.create({});

await runTerminalClient({
  chat,
  settings: settingsInMemory(),
  lastOpen: lastOpenInMemory(grace),
  suggestedName: "ada",
});
process.exit();
