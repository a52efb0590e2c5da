import type { App } from "../app/app.ts";
import { derive } from "../app/derived.ts";
import type { Model } from "../app/model.ts";
import { minimum } from "../layout/layout.ts";
import { type Line, span } from "../style/line.ts";
import { wrapText } from "../text/wrap.ts";
import { codeLines } from "./code-view.ts";
import { footerLines } from "./footer.ts";
import { headerLines, showsList } from "./header.ts";
import { listAlone, listPane, mainPane, type Pane } from "./main-view.ts";

/** Panes side by side. */
export interface Band {
  readonly key: string;
  readonly rows: number;
  readonly panes: readonly {
    readonly key: string;
    readonly width: number;
    readonly lines: readonly Line[];
  }[];
}

/** What is on the screen, from the top. */
export interface Frame {
  readonly bands: readonly Band[];
  readonly cursor: { readonly x: number; readonly y: number } | undefined;
}

/** Bands of panes from the top: header, the panes side by side, footer; or one that takes it all. */
export function frameOf(model: Model, app: Pick<App, "commands">): Frame {
  const { columns, rows } = model.size;
  const whole = (lines: readonly Line[]): Frame => ({
    bands: [{ key: "whole", rows, panes: [{ key: "whole", width: columns, lines }] }],
    cursor: undefined,
  });
  if (columns < minimum.columns || rows < minimum.rows)
    return whole(
      wrapText(`sotto needs ${minimum.columns} columns and ${minimum.rows} rows`, columns).map((row) => [
        span(row),
      ]),
    );
  if (model.screen?.kind === "code" && model.picker === undefined && model.help === undefined)
    return whole(codeLines(model, model.screen));
  const { layout } = derive(model);
  const band = (key: string, lines: readonly Line[]): Band => ({
    key,
    rows: lines.length,
    panes: [{ key, width: columns, lines }],
  });
  const header = headerLines(model, layout);
  const body = bodyOf(model, app);
  return {
    bands: [
      band("header", header),
      { key: "body", rows: layout.bodyRows, panes: body.panes },
      band("footer", footerLines(model, layout)),
    ],
    cursor: body.cursor === undefined ? undefined : { x: body.cursor.x, y: header.length + body.cursor.y },
  };
}

function bodyOf(model: Model, app: Pick<App, "commands">): { panes: Band["panes"]; cursor: Frame["cursor"] } {
  const { layout } = derive(model);
  if (!layout.twoPanes || !showsList(model)) {
    const pane =
      listAlone(model) && model.picker === undefined ? listPane(model) : mainPane(model, app.commands);
    return { panes: [{ key: "main", width: model.size.columns, lines: pane.lines }], cursor: pane.cursor };
  }
  const list = listPane(model);
  const main: Pane = mainPane(model, app.commands);
  const divider = Array.from({ length: layout.bodyRows }, (): Line => [span("│", "dim")]);
  const shifted = main.cursor && { x: main.cursor.x + layout.listWidth + 1, y: main.cursor.y };
  return {
    panes: [
      { key: "list", width: layout.listWidth, lines: list.lines },
      { key: "divider", width: 1, lines: divider },
      { key: "main", width: layout.mainWidth, lines: main.lines },
    ],
    cursor: shifted ?? list.cursor,
  };
}
