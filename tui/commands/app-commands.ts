import { placeOf, without } from "../app/model.ts";
import { contactName } from "../conversations/entries.ts";
import { keysOf } from "../keys/keymap.ts";
import { openPicker, type PickerItem } from "../palette/picker.ts";
import { listTime } from "../text/time.ts";
import type { Command, Context } from "./command.ts";

/** Leaving, the palette, help, and moving about that belongs to no place. */
export function appCommands(all: () => readonly Command[]): Command[] {
  return [
    {
      id: "app.quit",
      title: "quit",
      words: "exit leave bye",
      run: async ({ ui, conversation }) => {
        await conversation.settled();
        ui.host.exit();
      },
    },
    { id: "app.suspend", title: "suspend to the shell", hidden: true, run: ({ ui }) => ui.host.suspend() },
    { id: "palette.open", title: "commands", hidden: true, run: (context) => openPalette(context, all()) },
    {
      id: "composer.slash",
      title: "commands (empty line)",
      hidden: true,
      run: (context) => {
        if (isEmpty(context)) openPalette(context, all());
        else context.conversation.compose({ type: "insert", text: "/" });
      },
    },
    {
      id: "help.open",
      title: "keys of this place",
      words: "help ?",
      run: ({ ui }) => {
        const { picker: _, ...model } = ui.model;
        ui.update((before) => ({ ...before, help: { place: placeOf(model), scroll: 0 } }));
      },
    },
    {
      id: "composer.question",
      title: "keys of this place (empty line)",
      hidden: true,
      run: (context) => {
        if (isEmpty(context)) context.run("help.open");
        else context.conversation.compose({ type: "insert", text: "?" });
      },
    },
    {
      id: "help.close",
      title: "close",
      hidden: true,
      run: ({ ui }) => ui.update((model) => without(model, "help")),
    },
    {
      id: "help.again",
      title: "type a question mark",
      hidden: true,
      run: ({ ui, conversation }) => {
        const place = ui.model.help?.place;
        ui.update((model) => without(model, "help"));
        if (place === "composer") conversation.compose({ type: "insert", text: "?" });
      },
    },
    { id: "help.up", title: "scroll up", hidden: true, run: (context) => scrollHelp(context, -1) },
    { id: "help.down", title: "scroll down", hidden: true, run: (context) => scrollHelp(context, 1) },
    {
      id: "screen.close",
      title: "back",
      hidden: true,
      run: ({ ui }) => {
        const { screen } = ui.model;
        if (screen?.kind === "page" && screen.stays === true) return ui.notice("ctrl-c quits");
        const back = screen?.kind === "search" ? undefined : screen?.back;
        if (back === undefined) ui.closeScreen();
        else ui.show(back);
      },
    },
    {
      id: "relays.reconnect",
      title: "try the relays again now",
      words: "reconnect network offline",
      run: async ({ ui }) => {
        ui.notice("Trying the relays ...");
        await ui.attempt(() => ui.chat.relay.reconnect());
      },
    },
  ];
}

function isEmpty({ ui }: Context): boolean {
  const { openId, composers } = ui.model;
  return (openId === undefined ? undefined : composers.get(openId))?.edit.text.length === 0;
}

function scrollHelp({ ui }: Context, by: number): void {
  ui.update((model) =>
    model.help === undefined
      ? model
      : { ...model, help: { ...model.help, scroll: Math.max(0, model.help.scroll + by) } },
  );
}

function openPalette({ ui }: Context, commands: readonly Command[]): void {
  const { model } = ui;
  const place = placeOf(model);
  const items: PickerItem[] = commands
    .filter((command) => command.hidden !== true && (command.when?.(model) ?? true))
    .map(({ id, title, words }) => ({
      id,
      label: title,
      hint: keysOf(model.keyMap, place, id)[0] ?? "",
      ...(words !== undefined && { words }),
    }));
  const chats = model.conversations.map<PickerItem>(({ contact, lastActivityMs }) => ({
    id: `contact ${contact.id}`,
    label: `go to ${contactName(contact)}`,
    hint: listTime(lastActivityMs, model.nowMs),
  }));
  ui.set({ picker: openPicker({ purpose: "command", title: "/", items: [...items, ...chats] }) });
}
