import { graphemes } from "../text/width.ts";

/** A text being typed. `cursor` is a UTF-16 offset between two graphemes. */
export interface Edit {
  readonly text: string;
  readonly cursor: number;
}

export type EditAction =
  | { readonly type: "insert"; readonly text: string }
  | { readonly type: "replace"; readonly text: string }
  | { readonly type: "left" | "right" | "wordLeft" | "wordRight" | "lineStart" | "lineEnd" | "start" | "end" }
  | { readonly type: "backspace" | "delete" | "wordBackspace" | "wordDelete" | "killToStart" | "killToEnd" };

export const emptyEdit: Edit = { text: "", cursor: 0 };

/** What one editing key does to the text; an action that can do nothing gives back the same object. */
export function edit(state: Edit, action: EditAction): Edit {
  const { text, cursor } = state;
  switch (action.type) {
    case "insert":
      return action.text === "" ? state : splice(state, cursor, cursor, action.text);
    case "replace":
      return { text: action.text, cursor: action.text.length };
    case "left":
      return moveTo(state, cursor - lastGrapheme(text.slice(0, cursor)));
    case "right":
      return moveTo(state, cursor + firstGrapheme(text.slice(cursor)));
    case "wordLeft":
      return moveTo(state, wordStart(text, cursor));
    case "wordRight":
      return moveTo(state, wordEnd(text, cursor));
    case "lineStart":
      return moveTo(state, lineStart(text, cursor));
    case "lineEnd":
      return moveTo(state, lineEnd(text, cursor));
    case "start":
      return moveTo(state, 0);
    case "end":
      return moveTo(state, text.length);
    case "backspace":
      return splice(state, cursor - lastGrapheme(text.slice(0, cursor)), cursor, "");
    case "delete":
      return splice(state, cursor, cursor + firstGrapheme(text.slice(cursor)), "");
    case "wordBackspace":
      return splice(state, wordStart(text, cursor), cursor, "");
    case "wordDelete":
      return splice(state, cursor, wordEnd(text, cursor), "");
    case "killToStart":
      return splice(state, lineStart(text, cursor), cursor, "");
    case "killToEnd": {
      const end = lineEnd(text, cursor);
      // At the end of a line the line end itself goes, as in other editors.
      return splice(state, cursor, end === cursor ? Math.min(text.length, end + 1) : end, "");
    }
  }
}

function moveTo(state: Edit, cursor: number): Edit {
  return cursor === state.cursor ? state : { text: state.text, cursor };
}

function splice(state: Edit, start: number, end: number, inserted: string): Edit {
  if (start === end && inserted === "") return state;
  return {
    text: state.text.slice(0, start) + inserted + state.text.slice(end),
    cursor: start + inserted.length,
  };
}

function lastGrapheme(text: string): number {
  // The last line is enough to find the last grapheme, and keeps long texts quick.
  const line = text.slice(text.lastIndexOf("\n", text.length - 2) + 1);
  return graphemes(line).at(-1)?.length ?? 0;
}

function firstGrapheme(text: string): number {
  const end = text.indexOf("\n");
  if (end === 0) return 1;
  return graphemes(end < 0 ? text : text.slice(0, end))[0]?.length ?? 0;
}

function wordStart(text: string, cursor: number): number {
  const before = text.slice(0, cursor);
  return before.length - (/[^\s]*\s*$/u.exec(before)?.[0].length ?? 0);
}

function wordEnd(text: string, cursor: number): number {
  return cursor + (/^\s*[^\s]*/u.exec(text.slice(cursor))?.[0].length ?? 0);
}

function lineStart(text: string, cursor: number): number {
  return text.lastIndexOf("\n", cursor - 1) + 1;
}

function lineEnd(text: string, cursor: number): number {
  const end = text.indexOf("\n", cursor);
  return end < 0 ? text.length : end;
}
