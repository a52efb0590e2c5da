import { sanitizeText } from "../../core/chat/sanitize.ts";
import { appCommands } from "../commands/app-commands.ts";
import { chatCommands } from "../commands/chat-commands.ts";
import type { Command, Context } from "../commands/command.ts";
import { messageCommands } from "../commands/message-commands.ts";
import { pickerCommands } from "../commands/picker-commands.ts";
import { screenCommands } from "../commands/screen-commands.ts";
import { editSearch, searchCommands } from "../commands/search-commands.ts";
import { type EditAction, edit } from "../composer/edit.ts";
import { commandOf, editKeys } from "../keys/keymap.ts";
import type { Press } from "../keys/press.ts";
import { reducePage } from "../page/page.ts";
import { joinPage } from "../screens/join-page.ts";
import { welcomePage } from "../screens/welcome-page.ts";
import { ConversationControl } from "./conversation.ts";
import { placeOf, without } from "./model.ts";
import { Ui, type UiOptions } from "./ui.ts";

/** The client without its view: keys go in, the model comes out. */
export class App {
  readonly ui: Ui;
  readonly conversation: ConversationControl;
  readonly commands: ReadonlyMap<string, Command>;
  readonly #context: Context;

  constructor(options: UiOptions) {
    this.ui = new Ui(options);
    this.conversation = new ConversationControl(this.ui);
    const commands: Command[] = [
      ...screenCommands,
      ...messageCommands,
      ...chatCommands,
      ...appCommands(() => commands),
      ...pickerCommands,
      ...searchCommands,
    ];
    this.commands = new Map(commands.map((command) => [command.id, command]));
    this.#context = { ui: this.ui, conversation: this.conversation, run: (id) => this.run(id) };
    this.#followInvitations();
    this.ui.onEvent((event) => {
      const { screen } = this.ui.model;
      if (screen?.kind !== "page" || screen.refresh === undefined) return;
      if (event.type === "contact.updated") screen.refresh(event.contact.id);
      // Moving to another relay is told by a line in the conversation.
      else if (event.type === "message.added" && event.message.content.type === "event")
        screen.refresh(event.message.contactId);
    });
  }

  /** Reads the chat and shows the conversation that was open last, the page to join by `link`, or the first run. */
  async start({
    suggestedName,
    link,
  }: {
    readonly suggestedName: string;
    readonly link?: string;
  }): Promise<void> {
    await this.ui.start();
    this.ui.flush();
    const { profile, conversations } = this.ui.model;
    const join = () => this.ui.show(joinPage(this.ui, this.conversation, link));
    if (profile === null) {
      const next = link === undefined ? () => this.run("invite.open") : join;
      this.ui.show(await welcomePage(this.ui, suggestedName, next));
      return;
    }
    if (link !== undefined) return join();
    const last = this.ui.lastOpen.get();
    if (last !== undefined && conversations.some(({ contact }) => contact.id === last))
      await this.conversation.open(last);
  }

  run(id: string): void {
    const command = this.commands.get(id);
    if (command === undefined) {
      this.ui.notice(`The key map names "${id}", which is no command.`, true);
      return;
    }
    void this.ui.attempt(async () => command.run(this.#context));
  }

  /** One key; what it changes is shown at once, with what the store answers to it in the same turn. */
  press(press: Press): void {
    this.#press(press);
    setImmediate(() => this.ui.flush());
  }

  #press({ name, text }: Press): void {
    if (this.ui.model.notice !== undefined) this.ui.update((model) => without(model, "notice"));
    const { model } = this.ui;
    const command = commandOf(model.keyMap, placeOf(model), name);
    if (command !== undefined) {
      this.run(command);
      return;
    }
    const editing = editKeys[name];
    if (editing !== undefined) this.#edit({ type: editing });
    else if (text !== undefined) this.#edit({ type: "insert", text });
  }

  /** Text from the clipboard: one insertion, line ends kept where there can be some. */
  paste(text: string): void {
    this.#edit({ type: "insert", text: sanitizeText(text) });
    setImmediate(() => this.ui.flush());
  }

  attended(attended: boolean): void {
    this.ui.set({ attended });
    if (attended) this.conversation.markRead();
  }

  #edit(action: EditAction): void {
    const { ui } = this;
    const { model } = ui;
    switch (placeOf(model)) {
      case "composer":
        this.conversation.compose(action);
        return;
      case "messages":
        // A pasted text is meant for the composer; a stray letter is not.
        if (action.type !== "insert" || action.text.length < 2) return;
        this.run("messages.leave");
        this.conversation.compose(action);
        return;
      case "chats":
        ui.update((before) => {
          const { key: _, ...list } = before.list;
          return {
            ...before,
            focus: "chats",
            list: { ...list, filter: edit(before.list.filter, oneLine(action)) },
          };
        });
        return;
      case "page":
        ui.update((before) => {
          if (before.screen?.kind !== "page") return before;
          const { screen } = before;
          const state = reducePage(screen.build(before, screen.state), screen.state, {
            type: "edit",
            action,
          });
          return { ...before, screen: { ...screen, state } };
        });
        return;
      case "search":
        void editSearch({ ui }, oneLine(action));
        return;
      case "picker":
        ui.update((before) => {
          const { picker } = before;
          if (picker?.query === undefined) return before;
          // Backspace in an empty query goes back.
          if (picker.query.text === "" && action.type === "backspace") return without(before, "picker");
          return { ...before, picker: { ...picker, query: edit(picker.query, oneLine(action)), index: 0 } };
        });
        return;
    }
  }

  // Somebody used an invitation: its code goes from the screen and the new conversation comes.
  #followInvitations(): void {
    this.ui.onEvent((event) => {
      if (event.type !== "contact.added" || event.invitationId === undefined) return;
      const { screen } = this.ui.model;
      if (screen?.kind !== "code" || screen.invitationId !== event.invitationId) return;
      void this.conversation
        .open(event.contact.id)
        .then(() => this.ui.notice("Your invitation was used: you can write."));
    });
  }
}

function oneLine(action: EditAction): EditAction {
  return action.type === "insert" ? { type: "insert", text: action.text.replaceAll("\n", " ") } : action;
}
