import type { Draft, MessageId } from "../../core/chat/api.ts";
import { sanitizeText } from "../../core/chat/sanitize.ts";
import { type Edit, type EditAction, edit, emptyEdit } from "./edit.ts";
import { moveRow } from "./rows.ts";

/** Sent texts that "up" at the first row brings back, of one conversation. */
const historyMax = 100;

/** The message being written in one conversation, and the texts sent before it in this session. */
export interface Composer {
  readonly edit: Edit;
  readonly replyTo?: MessageId;
  readonly editing?: MessageId;
  /** Sent texts, latest first. */
  readonly history: readonly string[];
  /** Place in `history` that is shown, -1 for none, and what was typed before looking there. */
  readonly historyIndex: number;
  readonly typed: string;
}

export type ComposerAction =
  | EditAction
  | { readonly type: "up" | "down"; readonly width: number }
  | { readonly type: "historyBack" | "historyForward" }
  | { readonly type: "reply"; readonly to: MessageId }
  | { readonly type: "editMessage"; readonly id: MessageId; readonly text: string }
  | { readonly type: "cancel" }
  | { readonly type: "sent" };

export const emptyComposer: Composer = { edit: emptyEdit, history: [], historyIndex: -1, typed: "" };

/** A composer that shows a kept draft. */
export function composerOf(draft: Draft | undefined, history: readonly string[] = []): Composer {
  const text = sanitizeText(draft?.text ?? "");
  return {
    ...emptyComposer,
    history,
    edit: { text, cursor: text.length },
    ...(draft?.replyTo !== undefined && { replyTo: draft.replyTo }),
    ...(draft?.editing !== undefined && { editing: draft.editing }),
  };
}

export function draftOf({ edit: { text }, replyTo, editing }: Composer): Draft {
  return { text, ...(replyTo !== undefined && { replyTo }), ...(editing !== undefined && { editing }) };
}

/** What a key does; the same object when nothing changes, so "up" in an empty composer can mean something else. */
export function compose(state: Composer, action: ComposerAction): Composer {
  switch (action.type) {
    case "up":
    case "down": {
      const moved = moveRow(state.edit, action.width, action.type === "up" ? -1 : 1);
      return moved === state.edit ? state : { ...state, edit: moved };
    }
    case "historyBack":
      return showHistory(state, state.historyIndex + 1);
    case "historyForward":
      return showHistory(state, state.historyIndex - 1);
    case "reply": {
      const { editing: _, ...rest } = state;
      return { ...rest, replyTo: action.to };
    }
    case "editMessage": {
      const { replyTo: _, ...rest } = state;
      const text = sanitizeText(action.text);
      return { ...rest, editing: action.id, edit: { text, cursor: text.length } };
    }
    case "cancel": {
      const { replyTo, editing, ...rest } = state;
      if (replyTo === undefined && editing === undefined) return state;
      // What was typed as a reply is kept; the text of a message being edited is still in the message.
      return editing === undefined ? rest : { ...rest, edit: emptyEdit };
    }
    case "sent": {
      const { text } = state.edit;
      const history = state.editing !== undefined || text === "" ? state.history : [text, ...state.history];
      return { ...emptyComposer, history: history.slice(0, historyMax) };
    }
    default: {
      // What is typed is drawn as it is: it has to be as clean as what others send.
      const clean = "text" in action ? { ...action, text: sanitizeText(action.text) } : action;
      const next = edit(state.edit, clean);
      return next === state.edit ? state : { ...state, edit: next, historyIndex: -1 };
    }
  }
}

function showHistory(state: Composer, index: number): Composer {
  if (index < -1 || index >= state.history.length) return state;
  const typed = state.historyIndex === -1 ? state.edit.text : state.typed;
  const text = index === -1 ? typed : (state.history[index] ?? "");
  return { ...state, typed, historyIndex: index, edit: { text, cursor: text.length } };
}
