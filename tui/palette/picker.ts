import { type Edit, emptyEdit } from "../composer/edit.ts";
import { fitLine, type Line, span, spread } from "../style/line.ts";
import { fuzzyFilter } from "./fuzzy.ts";

export interface PickerItem {
  readonly id: string;
  readonly label: string;
  /** At the right edge: keys, or what it is. */
  readonly hint?: string;
  /** More words that find the item. */
  readonly words?: string;
}

/** A list to choose from that opens above the composer: commands, emoji, or an answer to a question. */
export interface Picker {
  /** Tells what is done with the item chosen. */
  readonly purpose: "command" | "react" | "delete" | "confirm";
  readonly title: string;
  readonly items: readonly PickerItem[];
  /** Typing narrows the items down; a question has no query. */
  readonly query: Edit | undefined;
  readonly index: number;
  /** What the choice is about, such as the id of a message or of a command to run. */
  readonly subject?: string;
}

const pickerRowsMax = 12;

export function openPicker(picker: Omit<Picker, "index" | "query"> & { readonly query?: boolean }): Picker {
  return { ...picker, query: picker.query === false ? undefined : emptyEdit, index: 0 };
}

function pickerMatches({ items, query }: Picker): PickerItem[] {
  return fuzzyFilter(items, query?.text ?? "", ({ label, words }) =>
    words === undefined ? label : `${label} ${words}`,
  );
}

export function movePicker(picker: Picker, by: number): Picker {
  const count = pickerMatches(picker).length;
  return count === 0 ? picker : { ...picker, index: (picker.index + by + count) % count };
}

export function pickedItem(picker: Picker): PickerItem | undefined {
  return pickerMatches(picker)[picker.index];
}

/** Rows that the picker wants: a title, and its items. */
export function pickerRows(picker: Picker): number {
  return Math.min(pickerRowsMax, 2 + Math.max(1, pickerMatches(picker).length));
}

/** The picker in exactly `height` rows. The row with what is typed is the first; see `pickerCursor`. */
export function pickerLines(picker: Picker, width: number, height: number): Line[] {
  const matches = pickerMatches(picker);
  const fits = Math.max(1, height - 2);
  const start = Math.max(0, Math.min(matches.length - fits, picker.index - Math.floor(fits / 2)));
  const lines: Line[] = [
    [span("─".repeat(width), "dim")],
    fitLine([span(` ${picker.title} `, "accent"), span(picker.query?.text ?? "")], width),
  ];
  for (const [offset, item] of matches.slice(start, start + fits).entries()) {
    const current = start + offset === picker.index;
    const label = current ? { text: item.label, bold: true } : span(item.label);
    lines.push(
      spread([span(current ? " ▌" : "  ", "accent"), label], [span(`${item.hint ?? ""} `, "dim")], width),
    );
  }
  if (matches.length === 0) lines.push([span("  nothing fits", "dim")]);
  while (lines.length < height) lines.push([]);
  return lines.slice(0, height);
}
