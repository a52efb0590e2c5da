import { composerOfOpen, type Model, type PageScreen, placeOf } from "../app/model.ts";
import type { Place } from "../keys/keymap.ts";
import { keysOf } from "../keys/keymap.ts";
import type { Layout } from "../layout/layout.ts";
import { focusedRow } from "../page/page.ts";
import { type Line, lineWidth, span, truncateLine } from "../style/line.ts";
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
  page: [],
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

/** What the keys do on the row of the page that the keyboard is on. */
function pageHints(model: Model, screen: PageScreen): readonly (readonly [command: string, words: string])[] {
  const page = screen.build(model, screen.state);
  const row = focusedRow(page, screen.state);
  const enter = row?.kind === "action" ? "do it" : page.form === true ? "go on" : "ok";
  return [
    ...(row === undefined ? [] : [["page.down", "next"] as const]),
    ...(row?.kind === "choice" ? [["page.more", "other value"] as const] : []),
    ...(row === undefined || (row.kind === "choice" && page.form !== true && row.saves !== true)
      ? []
      : [["page.activate", enter] as const]),
    screen.stays === true ? ["app.quit", "quit"] : ["screen.close", "back"],
  ];
}

/** The rule and the last line: the keys of the place, or a notice, which takes the rule's row too if it is long. */
export function footerLines(model: Model, layout: Layout): Line[] {
  const { columns } = model.size;
  const corner = layout.twoPanes && showsList(model) ? layout.listWidth : -1;
  const line = rule(columns, corner, "┴");
  const { notice } = model;
  if (notice === undefined) return [line, keyHints(model)];
  const rows = wrapText(notice.text, columns - 2).map(
    (text): Line => [span(" "), span(text, notice.error ? "error" : "accent")],
  );
  const [first = line, second] = rows;
  return second === undefined
    ? [line, first]
    : [first, rows.length > 2 ? truncateLine([...second, span(" …")], columns) : second];
}

/** As many as there is room for, each whole; the last one, which leads on or back, is always among them. */
function keyHints(model: Model): Line {
  const place = placeOf(model);
  const typing = place === "composer" && composerOfOpen(model).edit.text !== "";
  const ofPage = place === "page" && model.screen?.kind === "page" ? pageHints(model, model.screen) : [];
  const all = [...ofPage, ...hints[place]].flatMap(([command, words]) => {
    const key = keysOf(model.keyMap, place, command)[0];
    // "?" types itself once there is text.
    return key === undefined || (typing && key === "?") ? [] : [[span(key), span(` ${words}`, "dim")]];
  });
  const gap = span("   ");
  const last = all.pop() ?? [];
  let room = model.size.columns - 1 - lineWidth(last);
  const shown = all.filter((hint) => {
    const width = lineWidth([...hint, gap]);
    if (width > room) return false;
    room -= width;
    return true;
  });
  return [span(" "), ...shown.flatMap((hint) => [...hint, gap]), ...last];
}
