import { Box, Text, useCursor, useInput, usePaste, useWindowSize } from "ink";
import { memo, type ReactElement, useEffect, useSyncExternalStore } from "react";
import type { App } from "../app/app.ts";
import { derive } from "../app/derived.ts";
import type { Model } from "../app/model.ts";
import { pressesOf } from "../keys/press.ts";
import { minimum } from "../layout/layout.ts";
import { type Line, span } from "../style/line.ts";
import type { Theme } from "../style/theme.ts";
import { codeLines } from "./code-view.ts";
import { footerLines } from "./footer.ts";
import { headerLines } from "./header.ts";
import { listAlone, listPane, mainPane, type Pane } from "./main-view.ts";

/** The whole client: draws the model of `app`, and gives it the keys. */
export function AppView({ app, theme }: { readonly app: App; readonly theme: Theme }): ReactElement {
  const model = useSyncExternalStore(app.ui.subscribe, () => app.ui.model);
  useKeys(app);
  useSize(app);
  const frame = frameOf(model, app);
  const { setCursorPosition } = useCursor();
  setCursorPosition(frame.cursor);
  const { columns } = model.size;
  return (
    <Box flexDirection="column" width={columns} height={model.size.rows}>
      {frame.bands.map((band) => (
        <Box key={band.key} height={band.rows} width={columns}>
          {band.panes.map(({ key, width, lines }) => (
            <Box key={key} width={width} flexShrink={0}>
              <Rows text={lines.map((line) => theme.render(line)).join("\n")} />
            </Box>
          ))}
        </Box>
      ))}
    </Box>
  );
}

/** Rows of text that are cut to the screen already; the same text is not laid out again. */
const Rows = memo(({ text }: { readonly text: string }) => <Text wrap="truncate">{text}</Text>);

function useKeys(app: App): void {
  useInput((input, key) => {
    // What terminals report when the window gets or loses the focus, with the escape already taken off.
    if (input === "[I" || input === "[O") app.attended(input === "[I");
    else for (const press of pressesOf(input, key)) app.press(press);
  });
  usePaste((text) => app.paste(text));
}

function useSize(app: App): void {
  const { columns, rows } = useWindowSize();
  useEffect(() => {
    const { size } = app.ui.model;
    if (size.columns !== columns || size.rows !== rows) app.ui.set({ size: { columns, rows } });
  }, [app, columns, rows]);
}

interface Band {
  readonly key: string;
  readonly rows: number;
  readonly panes: readonly {
    readonly key: string;
    readonly width: number;
    readonly lines: readonly Line[];
  }[];
}

interface Frame {
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
    return whole([[span(`sotto needs ${minimum.columns} columns and ${minimum.rows} rows`)]]);
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
  if (!layout.twoPanes) {
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
