/** Sizes and rectangles in terminal cells, from the top left. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Layout {
  /** Both panes at once; otherwise `listWidth` is that of the whole screen while the list is shown. */
  readonly twoPanes: boolean;
  readonly listWidth: number;
  readonly mainWidth: number;
  /** Rows between the header and the status line with their rules. */
  readonly bodyRows: number;
  /** Rows of the body that the history has; the rest is the composer and what opens above it. */
  readonly historyRows: number;
  readonly composerRows: number;
  readonly panelRows: number;
}

/** From this width both panes are shown. */
const twoPanesColumns = 100;
/** Below this the screen says that it is too small instead of drawing nonsense. */
export const minimum: Size = { columns: 40, rows: 10 };

/** Header with rule above, status line with rule below. */
const chromeRows = 4;
const listWidthMin = 28;
const listWidthMax = 44;
const historyRowsMin = 3;

/**
 * Shares out the screen. `composerRows` are those the half-typed text wants, `panelRows` those of an open picker;
 * both give way to the history, which keeps at least three rows.
 */
export function layoutOf(
  size: Size,
  wanted: { readonly composerRows: number; readonly panelRows: number },
): Layout {
  const twoPanes = size.columns >= twoPanesColumns;
  const listWidth = twoPanes
    ? Math.min(listWidthMax, Math.max(listWidthMin, Math.round(size.columns * 0.26)))
    : size.columns;
  const bodyRows = Math.max(1, size.rows - chromeRows);
  const room = Math.max(0, bodyRows - historyRowsMin);
  const panelRows = Math.min(wanted.panelRows, Math.max(0, room - 1));
  const composerRows = Math.min(
    wanted.composerRows,
    Math.max(1, Math.min(room - panelRows, Math.floor(bodyRows / 2))),
  );
  return {
    twoPanes,
    listWidth,
    mainWidth: twoPanes ? size.columns - listWidth - 1 : size.columns,
    bodyRows,
    panelRows,
    composerRows,
    historyRows: Math.max(0, bodyRows - composerRows - panelRows),
  };
}
