import { openContactId } from "../app/conversation.ts";
import { derive } from "../app/derived.ts";
import { noteDraft } from "../app/events.ts";
import { composerOfOpen, placeOf, without } from "../app/model.ts";
import { emptyEdit } from "../composer/edit.ts";
import type { Entry } from "../conversations/entries.ts";
import { entryRows } from "../conversations/view.ts";
import { completeEmoji } from "../emoji/emoji.ts";
import { scrollBy } from "../history/thread.ts";
import { requestPage } from "../screens/request-page.ts";
import type { Command, Context } from "./command.ts";

const hasOpen = (model: Parameters<NonNullable<Command["when"]>>[0]): boolean =>
  openContactId(model) !== undefined;

/** The list of conversations, moving between them, the composer and the history. */
export const chatCommands: readonly Command[] = [
  { id: "chats.next", title: "next conversation", hidden: true, run: (context) => step(context, 1) },
  { id: "chats.previous", title: "previous conversation", hidden: true, run: (context) => step(context, -1) },
  {
    id: "chats.nextUnread",
    title: "next unread conversation",
    run: (context) => {
      const next = context.ui.model.conversations.find(
        ({ unread, contact }) => unread > 0 && contact.id !== context.ui.model.openId,
      );
      if (next === undefined) context.ui.notice("Everything is read.");
      else return context.conversation.open(next.contact.id);
    },
  },
  {
    id: "list.focus",
    title: "search conversations by name",
    words: "list chats find",
    run: ({ ui }) =>
      ui.update((model) => ({ ...without(noteDraft(model), "screen"), focus: "chats", list: listAt(model) })),
  },
  { id: "list.up", title: "up", hidden: true, run: (context) => moveInList(context, () => -1) },
  { id: "list.down", title: "down", hidden: true, run: (context) => moveInList(context, () => 1) },
  {
    id: "list.pageUp",
    title: "page up",
    hidden: true,
    run: (context) => moveInList(context, (page) => -page),
  },
  {
    id: "list.pageDown",
    title: "page down",
    hidden: true,
    run: (context) => moveInList(context, (page) => page),
  },
  { id: "list.first", title: "first", hidden: true, run: (context) => moveInList(context, () => -100_000) },
  { id: "list.last", title: "last", hidden: true, run: (context) => moveInList(context, () => 100_000) },
  { id: "list.open", title: "open", hidden: true, run: openCurrent },
  {
    id: "list.leave",
    title: "back to the conversation",
    hidden: true,
    run: ({ ui }) =>
      ui.update((model) =>
        model.list.filter.text !== ""
          ? { ...model, list: { ...model.list, filter: emptyEdit } }
          : { ...model, focus: model.openId === undefined ? "chats" : "composer" },
      ),
  },
  { id: "composer.send", title: "send", hidden: true, run: ({ conversation }) => conversation.send() },
  {
    id: "composer.newLine",
    title: "new line",
    hidden: true,
    run: ({ conversation }) => void conversation.compose({ type: "insert", text: "\n" }),
  },
  {
    id: "composer.up",
    title: "line up, then earlier texts; select messages when empty",
    hidden: true,
    run: (context) => {
      const { ui, conversation } = context;
      const { edit, historyIndex } = composerOfOpen(ui.model);
      if (edit.text === "") context.run("messages.previous");
      else if (
        historyIndex >= 0 ||
        !conversation.compose({ type: "up", width: derive(ui.model).composerWidth })
      )
        conversation.compose({ type: "historyBack" });
    },
  },
  {
    id: "composer.down",
    title: "line down, then later texts",
    hidden: true,
    run: ({ ui, conversation }) => {
      if (composerOfOpen(ui.model).historyIndex >= 0) conversation.compose({ type: "historyForward" });
      else conversation.compose({ type: "down", width: derive(ui.model).composerWidth });
    },
  },
  {
    id: "composer.back",
    title: "drop the reply or edit, go to the end, then to the list",
    hidden: true,
    run: async (context) => {
      if (context.conversation.compose({ type: "cancel" })) return;
      const { thread } = context.ui.model;
      if (thread?.anchor !== undefined || thread?.hasNewer === true) await context.conversation.jump("end");
      else context.run("list.focus");
    },
  },
  {
    id: "composer.complete",
    title: "complete an :emoji, else the next conversation",
    hidden: true,
    run: (context) => {
      const { edit } = composerOfOpen(context.ui.model);
      const completed = completeEmoji(edit);
      if (completed === undefined) return step(context, 1);
      context.conversation.compose({ type: "replace", text: completed.text });
      for (let at = completed.text.length; at > completed.cursor; at--)
        context.conversation.compose({ type: "left" });
    },
  },
  {
    id: "composer.editor",
    title: "write in your editor ($EDITOR)",
    words: "vim nano emacs external",
    when: hasOpen,
    run: async ({ ui, conversation }) => {
      const text = await ui.attempt(() => ui.host.edit(composerOfOpen(ui.model).edit.text));
      if (text !== undefined) conversation.compose({ type: "replace", text: text.replace(/\n+$/, "") });
    },
  },
  { id: "history.pageUp", title: "a page up", hidden: true, run: (context) => page(context, 1) },
  { id: "history.pageDown", title: "a page down", hidden: true, run: (context) => page(context, -1) },
  {
    id: "history.top",
    title: "go to the first message",
    when: hasOpen,
    run: ({ conversation }) => conversation.jump("top"),
  },
  {
    id: "history.end",
    title: "go to the newest message",
    when: hasOpen,
    run: ({ conversation }) => conversation.jump("end"),
  },
];

function page({ conversation }: Context, by: 1 | -1): void {
  conversation.scroll((thread, heightOf, height) =>
    scrollBy(thread, by * Math.max(1, height - 2), heightOf, height),
  );
}

function listAt(model: Context["ui"]["model"]) {
  return { ...model.list, ...(model.openId !== undefined && { key: `contact ${model.openId}` }) };
}

function moveInList({ ui }: Context, rows: (page: number) => number): void {
  ui.update((model) => {
    const { entries, currentKey, layout } = derive(model);
    const by = rows(Math.max(1, Math.floor(layout.bodyRows / entryRows(layout.bodyRows)) - 1));
    const index = entries.findIndex(({ key }) => key === currentKey);
    const entry = entries[Math.max(0, Math.min(entries.length - 1, index + by))];
    return entry === undefined ? model : { ...model, list: { ...model.list, key: entry.key } };
  });
}

async function openCurrent(context: Context): Promise<void> {
  const { entries, currentKey } = derive(context.ui.model);
  const entry = entries.find(({ key }) => key === currentKey);
  if (entry !== undefined) await openEntry(context, entry);
}

async function openEntry({ ui, conversation }: Context, entry: Entry): Promise<void> {
  ui.set({ list: { key: entry.key, filter: emptyEdit } });
  switch (entry.kind) {
    case "contact":
      return conversation.open(entry.conversation.contact.id);
    case "invitation": {
      const { invitation } = entry;
      return ui.show({
        kind: "code",
        purpose: "invitation",
        invitationId: invitation.id,
        incognito: invitation.incognito !== undefined,
        code: { short: invitation.shortLink ?? invitation.fullLink, long: invitation.fullLink },
        long: invitation.shortLink === undefined,
        style: "half",
      });
    }
    case "request":
      return ui.show(requestPage(ui, conversation, entry.request));
  }
}

/** The next conversation of the list, from the one that is open; contacts only. */
async function step(context: Context, by: 1 | -1): Promise<void> {
  const { ui } = context;
  if (placeOf(ui.model) === "picker") return;
  const contacts = derive(ui.model).entries.filter((entry) => entry.kind === "contact");
  const index = contacts.findIndex(({ key }) => key === `contact ${ui.model.openId}`);
  const next = contacts.at((index + by) % Math.max(1, contacts.length));
  if (next !== undefined) await openEntry(context, next);
}
