import { Box, Text, useCursor, useInput, usePaste, useWindowSize } from "ink";
import { memo, type ReactElement, useEffect, useSyncExternalStore } from "react";
import type { App } from "../app/app.ts";
import { pressesOf } from "../keys/press.ts";
import type { Theme } from "../style/theme.ts";
import { frameOf } from "./frame.ts";

/** The whole client: draws the model of `app`, and gives it the keys. */
export function AppView({ app, theme }: { readonly app: App; readonly theme: Theme }): ReactElement {
  const model = useSyncExternalStore(app.ui.subscribe, app.ui.shown);
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
    for (const press of pressesOf(input, key)) app.press(press);
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
