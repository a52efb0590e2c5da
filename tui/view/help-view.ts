import type { Command } from "../commands/command.ts";
import { editKeys, type KeyMap, type Place } from "../keys/keymap.ts";
import { emptyLine, fitLine, type Line, span } from "../style/line.ts";
import { wrapText } from "../text/wrap.ts";

const placeTitles: Readonly<Record<Place, string>> = {
  composer: "Writing",
  messages: "A message is selected",
  chats: "The list of conversations",
  page: "A page",
  code: "A code",
  search: "Searching",
  picker: "Choosing",
  help: "Keys",
  everywhere: "Everywhere",
};
const keyWidth = 24;

/** The keys of the place that the user came from, then those of everywhere, then those of every text. */
export function helpLines(
  help: { readonly place: Place; readonly scroll: number },
  map: KeyMap,
  commands: ReadonlyMap<string, Command>,
  width: number,
  height: number,
): Line[] {
  const lines: Line[] = [
    [{ text: `  Keys: ${placeTitles[help.place].toLowerCase()}`, bold: true }],
    emptyLine,
  ];
  lines.push(...section(map[help.place], commands, width), emptyLine);
  const rest = Object.fromEntries(
    Object.entries(map.everywhere).filter(([key]) => map[help.place][key] === undefined),
  );
  lines.push([span("  Everywhere", "accent")], ...section(rest, commands, width), emptyLine);
  lines.push([span("  In every text", "accent")], ...section(editKeys, new Map(), width));
  const start = Math.max(0, Math.min(help.scroll, lines.length - height));
  const shown = lines.slice(start, start + height);
  while (shown.length < height) shown.push(emptyLine);
  return shown;
}

function section(
  keys: Readonly<Record<string, string>>,
  commands: ReadonlyMap<string, Command>,
  width: number,
): Line[] {
  const byCommand = new Map<string, string[]>();
  for (const [key, id] of Object.entries(keys)) byCommand.set(id, [...(byCommand.get(id) ?? []), key]);
  return [...byCommand].flatMap(([id, names]) => {
    const title = commands.get(id)?.title ?? id.replace(/([A-Z])/g, " $1").toLowerCase();
    const column = Math.min(keyWidth, Math.floor(width / 2) - 2);
    return wrapText(title, width - column - 5).map((row, index) => {
      const keys = index === 0 ? names.join(", ") : "";
      return fitLine([span(`  ${keys.padEnd(column)}  `), span(row, "dim")], width);
    });
  });
}
