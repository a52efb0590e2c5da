import { expect, test } from "vitest";
import { fakeMessage } from "../../core/chat/testing/fake-data.ts";
import { searchMatches } from "../../core/chat/text/search-matches.ts";
import { initialModel } from "../app/model.ts";
import { emptyEdit } from "../composer/edit.ts";
import { defaultKeyMap } from "../keys/keymap.ts";
import { lineText } from "../style/line.ts";
import { searchView } from "./search-view.ts";

function excerptOf(text: string, query: string) {
  const message = { ...fakeMessage(1, 0, 1, 0), text };
  const hits = [{ message, contactName: "Grace", matches: searchMatches(text, query) }];
  const model = initialModel({ columns: 80, rows: 24 }, 0, defaultKeyMap);
  return (
    searchView(model, { kind: "search", query: emptyEdit, hits, index: 0, searched: query }, 80, 10)
      .lines[3] ?? []
  );
}

test("a long message shows the place where the words that were searched for stand together, all marked", () => {
  const rows = Array.from({ length: 300 }, (_, index) => `row ${String(index).padStart(5, "0")} of a log\n`);
  const line = excerptOf(rows.join(""), "row 00222");
  expect(lineText(line)).toContain("row 00222");
  expect(line.filter(({ bold }) => bold).map(({ text }) => text)).toContain("00222");
});

test("a hit without a match in its text shows how the text begins", () => {
  expect(lineText(excerptOf("nothing to see", "elsewhere"))).toContain("nothing to see");
});
