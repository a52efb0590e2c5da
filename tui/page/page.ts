import { type Edit, type EditAction, edit } from "../composer/edit.ts";
import type { Line } from "../style/line.ts";

/**
 * A screen of rows: settings, details of a contact, the first run. Built anew from the model for each drawing;
 * what the user does to it is in its `PageState`.
 */
export interface Page {
  readonly title: string;
  /** At the right of the title. */
  readonly aside?: string;
  /** It acts at its end: enter on a choice goes on to the next row instead of changing it. */
  readonly form?: boolean;
  readonly rows: readonly PageRow[];
}

export type PageRow =
  /** Text that can't be chosen. */
  | { readonly kind: "note"; readonly line: Line }
  | { readonly kind: "value"; readonly label: string; readonly value: Line }
  /** A text to type; enter on it acts. `secret` shows dots. */
  | {
      readonly kind: "text";
      readonly id: string;
      readonly label: string;
      readonly value: string;
      readonly hint?: string;
      readonly secret?: boolean;
    }
  /**
   * One of several values, changed with left and right, on pages that are no form with enter too; each change acts.
   * With `saves` it acts on enter alone, for what other people are told of; leaving the row forgets the change.
   */
  | {
      readonly kind: "choice";
      readonly id: string;
      readonly label: string;
      readonly value: string;
      readonly options: readonly { readonly id: string; readonly label: string }[];
      readonly hint?: string;
      readonly saves?: boolean;
    }
  | { readonly kind: "action"; readonly id: string; readonly label: string; readonly hint?: string };

export type FieldRow = Exclude<PageRow, { kind: "note" | "value" }>;

export interface PageState {
  /** The row that the keyboard is on; the first one when it is not there (any more). */
  readonly focusId?: string;
  /** Texts as they are typed, and choices of pages that act only at the end. */
  readonly edits: Readonly<Record<string, Edit>>;
}

export type PageAction =
  | { readonly type: "move"; readonly by: 1 | -1 }
  | { readonly type: "edit"; readonly action: EditAction }
  | { readonly type: "forget"; readonly id: string };

export const emptyPageState: PageState = { edits: {} };

function fields(page: Page): FieldRow[] {
  return page.rows.filter((row): row is FieldRow => row.kind !== "note" && row.kind !== "value");
}

/** The row that the keyboard is on, or undefined on a page to read only. */
export function focusedRow(page: Page, state: PageState): FieldRow | undefined {
  const rows = fields(page);
  return rows.find(({ id }) => id === state.focusId) ?? rows[0];
}

/** The text of a row as it is typed so far. */
export function editOf(row: Extract<PageRow, { kind: "text" }>, state: PageState): Edit {
  return state.edits[row.id] ?? { text: row.value, cursor: row.value.length };
}

/** The value of a choice as it is shown: on a row that saves, the one that enter would take. */
export function chosenOf(row: Extract<PageRow, { kind: "choice" }>, state: PageState): string {
  return row.saves === true ? (state.edits[row.id]?.text ?? row.value) : row.value;
}

/** The id of the option `by` places further than the one shown, going round. */
export function nextOption(row: Extract<PageRow, { kind: "choice" }>, by: 1 | -1, state: PageState): string {
  const value = chosenOf(row, state);
  const index = row.options.findIndex(({ id }) => id === value);
  return row.options.at((index + by) % row.options.length)?.id ?? value;
}

/** What a key does to the page; pure. */
export function reducePage(page: Page, state: PageState, action: PageAction): PageState {
  const rows = fields(page);
  const focused = focusedRow(page, state);
  if (focused === undefined) return state;
  switch (action.type) {
    case "move": {
      const index = rows.findIndex(({ id }) => id === focused.id) + action.by;
      const target = rows[Math.max(0, Math.min(rows.length - 1, index))];
      if (target === undefined) return state;
      const leaving = focused.kind === "choice" && focused.saves === true && target !== focused;
      const left = leaving ? reducePage(page, state, { type: "forget", id: focused.id }) : state;
      return { ...left, focusId: target.id };
    }
    case "edit": {
      if (focused.kind !== "text") return state;
      const before = editOf(focused, state);
      // One row: what is pasted loses its line ends.
      const next = edit(before, action.action.type === "insert" ? oneLine(action.action) : action.action);
      return next === before
        ? state
        : { ...state, focusId: focused.id, edits: { ...state.edits, [focused.id]: next } };
    }
    case "forget": {
      const { [action.id]: _, ...edits } = state.edits;
      return { ...state, edits };
    }
  }
}

function oneLine(action: { readonly type: "insert"; readonly text: string }): EditAction {
  return { type: "insert", text: action.text.replace(/[\r\n]+/g, " ").replace(/[\0-\x1f\x7f]/g, "") };
}
