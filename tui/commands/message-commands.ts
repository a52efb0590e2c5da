import type { Message } from "../../core/chat/api.ts";
import { sanitizeText } from "../../core/chat/sanitize.ts";
import { heightsOf, historyHeight } from "../app/derived.ts";
import type { Model } from "../app/model.ts";
import { emoji, reactionEmoji } from "../emoji/emoji.ts";
import { reveal, selectBy } from "../history/thread.ts";
import { openPicker, type PickerItem } from "../palette/picker.ts";
import { messagePage } from "../screens/message-page.ts";
import type { Command, Context } from "./command.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** The message that the keyboard is on. */
function selectedMessage({ thread }: Model): Message | undefined {
  return thread?.selectedId === undefined
    ? undefined
    : thread.messages.find(({ id }) => id === thread.selectedId);
}

const selected = (model: Model): boolean => selectedMessage(model) !== undefined;

/** Commands on the message that is selected. */
export const messageCommands: readonly Command[] = [
  { id: "messages.previous", title: "older message", hidden: true, run: (context) => select(context, -1) },
  { id: "messages.next", title: "newer message", hidden: true, run: (context) => select(context, 1) },
  { id: "messages.leave", title: "back to writing", hidden: true, run: leave },
  {
    id: "message.reply",
    title: "reply",
    when: selected,
    run: (context) =>
      withSelected(context, (message) => {
        context.conversation.compose({ type: "reply", to: message.id });
        leave(context);
      }),
  },
  {
    id: "message.edit",
    title: "edit",
    when: (model) => selectedMessage(model)?.direction === "sent",
    run: (context) =>
      withSelected(context, (message) => {
        if (message.direction !== "sent" || message.deletedBy !== undefined)
          return context.ui.notice("Only messages that you sent can be edited.", true);
        context.conversation.compose({ type: "editMessage", id: message.id, text: message.text });
        leave(context);
      }),
  },
  {
    id: "message.delete",
    title: "delete",
    when: selected,
    run: (context) =>
      withSelected(context, (message) => {
        const own = message.direction === "sent" && context.ui.host.nowMs() - message.sentAtMs < dayMs;
        context.ui.set({
          picker: openPicker({
            purpose: "delete",
            title: "delete this message?",
            subject: String(message.id),
            query: false,
            items: [
              ...(own ? [{ id: "both", label: "for both of you" }] : []),
              { id: "self", label: "here only" },
              { id: "keep", label: "keep it" },
            ],
          }),
        });
      }),
  },
  {
    id: "message.react",
    title: "react with an emoji",
    when: selected,
    run: (context) =>
      withSelected(context, (message) => {
        const known = new Set<string>(reactionEmoji);
        const named = Object.entries(emoji);
        const rest = named.filter(([, value]) => !known.has(value));
        const mine = message.reactions.filter((reaction) => reaction.mine).map((reaction) => reaction.emoji);
        const item = (value: string, name: string): PickerItem => ({
          id: value,
          label: `${value} ${name}`,
          ...(mine.includes(value) && { hint: "takes yours back" }),
        });
        context.ui.set({
          picker: openPicker({
            purpose: "react",
            title: "react:",
            subject: String(message.id),
            items: [
              ...reactionEmoji.map((value) =>
                item(value, named.find(([, known]) => known === value)?.[0] ?? ""),
              ),
              ...rest.map(([name, value]) => item(value, name)),
            ],
          }),
        });
      }),
  },
  {
    id: "message.copy",
    title: "copy the text",
    when: selected,
    run: (context) =>
      withSelected(context, (message) => {
        context.ui.host.copy(sanitizeText(message.text));
        context.ui.notice("Copied to the clipboard, if your terminal allows it.");
      }),
  },
  {
    id: "message.details",
    title: "details",
    when: selected,
    run: (context) => withSelected(context, (message) => context.ui.show(messagePage(message))),
  },
  {
    id: "message.retry",
    title: "try to send again",
    when: (model) => selectedMessage(model)?.status?.state === "failed",
    run: (context) =>
      withSelected(context, async ({ id }) => {
        await context.ui.attempt(() => context.ui.chat.message.retry({ messageId: id }));
      }),
  },
];

function withSelected(
  context: Context,
  run: (message: Message) => void | Promise<void>,
): void | Promise<void> {
  const message = selectedMessage(context.ui.model);
  if (message === undefined) return context.ui.notice("Select a message first: up in an empty line.");
  return run(message);
}

function select({ ui, conversation }: Context, by: 1 | -1): void {
  ui.update((model) => {
    if (model.thread === undefined) return model;
    const id = selectBy(model.thread, by);
    if (id === undefined) return by === 1 ? left(model) : model;
    const thread = reveal({ ...model.thread, selectedId: id }, id, heightsOf(model), historyHeight(model));
    return { ...model, focus: "messages", thread };
  });
  const status = selectedMessage(ui.model)?.status;
  if (status?.state === "failed") ui.notice(`Not sent: ${sanitizeText(status.reason)} t tries again.`, true);
  void conversation.loadMore();
}

function leave({ ui }: Context): void {
  ui.update(left);
}

function left(model: Model): Model {
  if (model.thread === undefined) return { ...model, focus: "composer" };
  const { selectedId: _, ...thread } = model.thread;
  return { ...model, focus: "composer", thread };
}
