import type { ConversationControl } from "../app/conversation.ts";
import type { Model } from "../app/model.ts";
import type { Ui } from "../app/ui.ts";

/** What commands work with. */
export interface Context {
  readonly ui: Ui;
  readonly conversation: ConversationControl;
  /** Runs another command by its id. */
  run(id: string): void;
}

/** Something the user can do. Keys lead to it by its id; those with a title are in the palette and after "/". */
export interface Command {
  readonly id: string;
  /** Shown in the palette and in the help. */
  readonly title: string;
  /** Not offered in the palette: moving about, or meaningful in one place only. */
  readonly hidden?: boolean;
  /** More words that find it. */
  readonly words?: string;
  when?(model: Model): boolean;
  run(context: Context): void | Promise<void>;
}
