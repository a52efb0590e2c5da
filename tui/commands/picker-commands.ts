import { without } from "../app/model.ts";
import { movePicker, type Picker, pickedItem } from "../palette/picker.ts";
import type { Confirmed } from "../screens/confirm.ts";
import { relaysPage } from "../screens/relays-page.ts";
import type { Command, Context } from "./command.ts";

/** Choosing in a picker, and what the choice does. */
export const pickerCommands: readonly Command[] = [
  { id: "picker.up", title: "up", hidden: true, run: (context) => move(context, -1) },
  { id: "picker.down", title: "down", hidden: true, run: (context) => move(context, 1) },
  {
    id: "picker.close",
    title: "close",
    hidden: true,
    run: ({ ui }) => ui.update((model) => without(model, "picker")),
  },
  { id: "picker.pick", title: "choose", hidden: true, run: pick },
];

function move({ ui }: Context, by: number): void {
  ui.update((model) =>
    model.picker === undefined ? model : { ...model, picker: movePicker(model.picker, by) },
  );
}

async function pick(context: Context): Promise<void> {
  const { ui } = context;
  const { picker } = ui.model;
  if (picker === undefined) return;
  const item = pickedItem(picker);
  ui.update((model) => without(model, "picker"));
  if (item === undefined) {
    // "/etc/hosts" is no command but a text that begins with a slash.
    if (picker.purpose === "command" && picker.query !== undefined)
      context.conversation.compose({ type: "insert", text: `${picker.title}${picker.query.text}` });
    return;
  }
  await ui.attempt(() => choose(context, picker, item.id));
}

async function choose(context: Context, picker: Picker, id: string): Promise<void> {
  const { chat } = context.ui;
  const messageId = Number(picker.subject);
  switch (picker.purpose) {
    case "command":
      if (id.startsWith("contact ")) await context.conversation.open(Number(id.slice("contact ".length)));
      else context.run(id);
      return;
    case "react": {
      const mine = context.ui.model.thread?.messages
        .find((message) => message.id === messageId)
        ?.reactions.some((reaction) => reaction.emoji === id && reaction.mine);
      await chat.message.react({ messageId, emoji: id, add: mine !== true });
      return;
    }
    case "delete":
      if (id === "both" || id === "self") await chat.message.delete({ messageId, for: id });
      return;
    case "confirm":
      if (id !== "no") await confirmed(context, picker.subject ?? "", id === "yes");
  }
}

async function confirmed({ ui }: Context, subject: string, notify: boolean): Promise<void> {
  const { chat } = ui;
  const [action = "", about = ""] = subject.split(" ");
  const id = Number(about);
  switch (action as Confirmed) {
    case "clear":
      await chat.conversation.clear({ contactId: id });
      return ui.closeScreen();
    case "delete":
      await chat.contact.delete({ contactId: id, notify });
      ui.closeScreen();
      return ui.notice("The contact is deleted.");
    case "withdraw":
      await chat.invitation.cancel({ invitationId: id });
      ui.closeScreen();
      return ui.notice("The invitation is withdrawn: its link works no more.");
    case "deleteAddress":
      await chat.address.delete();
      return ui.notice("The address works no more. Your contacts stay.");
    case "removeRelay": {
      const relays = (await chat.relay.list()).filter(({ address }) => address !== about);
      await chat.relay.set({ relays: relays.map(({ host: _, ...relay }) => relay) });
      return ui.show(await relaysPage(ui));
    }
  }
}
