import { composerOfOpen, type Model, placeOf } from "../app/model.ts";
import type { Place } from "../keys/keymap.ts";
import { keysOf } from "../keys/keymap.ts";
import type { Layout } from "../layout/layout.ts";
import { type Line, type Span, span, truncateLine } from "../style/line.ts";
import { wrapText } from "../text/wrap.ts";
import { rule, showsList } from "./header.ts";

/** The commands named on the status line of each place, most useful first. */
const hints: Readonly<Record<Place, readonly (readonly [command: string, words: string])[]>> = {
  composer: [
    ["composer.send", "send"],
    ["composer.newLine", "new line"],
    ["palette.open", "commands"],
    ["composer.complete", "chats"],
    ["composer.question", "keys"],
  ],
  messages: [
    ["message.reply", "reply"],
    ["message.edit", "edit"],
    ["message.delete", "delete"],
    ["message.react", "react"],
    ["message.copy", "copy"],
    ["message.details", "details"],
    ["messages.leave", "back"],
  ],
  chats: [
    ["list.open", "open"],
    ["invite.open", "invite"],
    ["join.open", "join"],
    ["palette.open", "commands"],
    ["help.open", "keys"],
  ],
  page: [
    ["page.activate", "change"],
    ["page.more", "next value"],
    ["screen.close", "back"],
  ],
  code: [["screen.close", "back"]],
  search: [
    ["search.go", "go there"],
    ["search.down", "next"],
    ["screen.close", "back"],
  ],
  picker: [
    ["picker.pick", "choose"],
    ["picker.down", "next"],
    ["picker.close", "back"],
  ],
  help: [["help.close", "back"]],
  everywhere: [],
};

const firstRunHints = [
  ["page.down", "next"],
  ["page.more", "other value"],
  ["page.activate", "go on"],
  ["app.quit", "quit"],
] as const;

/** The rule and the last line: the keys of the place, or a notice, which takes the rule's row too if it is long. */
export function footerLines(model: Model, layout: Layout): Line[] {
  const { columns } = model.size;
  const corner = layout.twoPanes && showsList(model) ? layout.listWidth : -1;
  const line = rule(columns, corner, "┴");
  const { notice } = model;
  if (notice === undefined) return [line, truncateLine(keyHints(model), columns)];
  const rows = wrapText(notice.text, columns - 2).map(
    (text): Line => [span(" "), span(text, notice.error ? "error" : "accent")],
  );
  const [first = line, second] = rows;
  return second === undefined
    ? [line, first]
    : [first, rows.length > 2 ? truncateLine([...second, span(" …")], columns) : second];
}

function keyHints(model: Model): Line {
  const place = placeOf(model);
  const typing = place === "composer" && composerOfOpen(model).edit.text !== "";
  const parts: Span[] = [span(" ")];
  const stays = model.screen?.kind === "page" && model.screen.stays === true;
  for (const [command, words] of stays ? firstRunHints : hints[place]) {
    // "?" types itself once there is text.
    const key = keysOf(model.keyMap, place, command)[0];
    if (key === undefined || (typing && key === "?")) continue;
    parts.push(span(key), span(` ${words}   `, "dim"));
  }
  return parts;
}
