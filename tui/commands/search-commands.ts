import type { SearchScreen } from "../app/model.ts";
import { type EditAction, edit } from "../composer/edit.ts";
import type { Command, Context } from "./command.ts";

/** Shorter texts find too much. */
const queryCharactersMin = 2;

export const searchCommands: readonly Command[] = [
  { id: "search.up", title: "up", hidden: true, run: (context) => move(context, -1) },
  { id: "search.down", title: "down", hidden: true, run: (context) => move(context, 1) },
  {
    id: "search.go",
    title: "go to the message",
    hidden: true,
    run: ({ ui, conversation }) => {
      const screen = searchOf({ ui });
      const hit = screen?.hits[screen.index];
      if (hit !== undefined) return conversation.open(hit.message.contactId, hit.message.id);
    },
  },
];

function searchOf({ ui }: Pick<Context, "ui">): SearchScreen | undefined {
  return ui.model.screen?.kind === "search" ? ui.model.screen : undefined;
}

function move({ ui }: Context, by: number): void {
  const screen = searchOf({ ui });
  if (screen === undefined) return;
  const index = Math.max(0, Math.min(screen.hits.length - 1, screen.index + by));
  ui.show({ ...screen, index });
}

/** Changes what is searched for, and searches; hits of an older text that come late are dropped. */
export async function editSearch({ ui }: Pick<Context, "ui">, action: EditAction): Promise<void> {
  const screen = searchOf({ ui });
  if (screen === undefined) return;
  const query = edit(screen.query, action);
  if (query === screen.query) return;
  ui.show({ ...screen, query });
  const text = query.text.trim();
  if (text.length < queryCharactersMin) {
    const shown = searchOf({ ui });
    if (shown !== undefined) ui.show({ ...shown, hits: [], index: 0, searched: "" });
    return;
  }
  const hits = await ui.attempt(() => ui.chat.message.search({ text }));
  const shown = searchOf({ ui });
  if (hits === undefined || shown === undefined || shown.query.text.trim() !== text) return;
  ui.show({ ...shown, hits, index: 0, searched: text });
}
