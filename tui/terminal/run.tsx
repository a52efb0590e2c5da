import { writeSync } from "node:fs";
import process from "node:process";
import { render, useApp } from "ink";
import { type ReactElement, useEffect } from "react";
import type { Chat } from "../../core/chat/api.ts";
import { App } from "../app/app.ts";
import { mergeKeyMap } from "../keys/keymap.ts";
import type { LastOpen } from "../settings/last-open.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import { asksBackground, detectBackground, detectDepth, detectEmojiForm } from "../style/terminal-colours.ts";
import { type Background, createTheme, type Theme } from "../style/theme.ts";
import { setEmojiForm } from "../text/width.ts";
import { AppView } from "../view/app-view.tsx";
import { askBackground, readReports } from "./report-input.ts";
import { Reports } from "./reports.ts";
import { focusReportsOff, focusReportsOn, restoreAll, restoreTitle, saveTitle } from "./sequences.ts";
import { type TerminalControl, terminalHost } from "./terminal-host.ts";

/** Frames a second at most; more would only cost bandwidth. */
const framesPerSecondMax = 30;

export interface TerminalClientOptions {
  /** Open; the caller closes it afterwards. */
  readonly chat: Chat;
  /** See `openSettings`. */
  readonly settings: SettingsFile;
  /** See `openLastOpen`. */
  readonly lastOpen: LastOpen;
  /** Offered in the first run as the name that contacts see. */
  readonly suggestedName: string;
  /** Starts the relay on this machine if it does not run, and gives its address. */
  readonly startRelay?: () => Promise<string>;
  /** A link to join by after the start, and after the first run if there is one. */
  readonly link?: string;
  /** One line to show at the start, such as what became of a restored backup. */
  readonly notice?: string;
  /** See `askBackground`. */
  readonly answerMs?: number;
}

/**
 * Runs the client on this process's terminal until the user quits, or the terminal goes away; resolves then, with
 * the terminal as it was. @throws Error when standard input or output is no terminal
 */
export async function runTerminalClient(options: TerminalClientOptions): Promise<void> {
  const { chat, settings, lastOpen, suggestedName, startRelay, link, notice, answerMs } = options;
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY)
    throw new Error("sotto needs a terminal; for programs there is sotto rpc.");
  // From now on, so that a key that is typed before the first frame counts as well.
  stdin.setRawMode(true);
  const reports = new Reports((focused) => app.attended(focused));
  const unread = readReports(stdin, reports);
  const theme = themeOf(settings, () => askBackground(stdin, stdout, reports, answerMs));
  const { map, unknown } = mergeKeyMap(settings.settings.keys);
  let control: TerminalControl | undefined;
  const host = terminalHost(
    settings,
    () => {
      if (control === undefined) throw new Error("cannot use the terminal: it is not set up yet");
      return control;
    },
    startRelay,
  );
  setEmojiForm(settings.settings.emoji === "auto" ? detectEmojiForm(process.env) : settings.settings.emoji);
  const size = { columns: stdout.columns, rows: stdout.rows };
  const app = new App({ chat, host, settings, keyMap: map, size, lastOpen });
  await app.start({ suggestedName, ...(link !== undefined && { link }) });
  if (notice !== undefined) app.ui.notice(notice);
  if (unknown.length > 0)
    app.ui.notice(`The key map names places that do not exist: ${unknown.join(", ")}.`, true);
  for (const problem of settings.problems) app.ui.notice(`settings file: ${problem}`, true);

  app.ui.flush();
  const drawn = await theme;

  const unguard = guardTerminal();
  stdout.write(saveTitle + focusReportsOn);
  const instance = render(<Root app={app} theme={drawn} onControl={(next) => (control = next)} />, {
    alternateScreen: true,
    exitOnCtrlC: false,
    incrementalRendering: true,
    maxFps: framesPerSecondMax,
    patchConsole: false,
    interactive: true,
  });
  const unfollow = followSignals(() => instance.unmount());
  try {
    await instance.waitUntilExit();
  } finally {
    stdin.setRawMode(false);
    unread();
    unfollow();
    unguard();
    stdout.write(focusReportsOff + restoreTitle);
    app.ui.stop();
    await app.conversation.settled();
  }
}

function Root({
  app,
  theme,
  onControl,
}: {
  readonly app: App;
  readonly theme: Theme;
  readonly onControl: (control: TerminalControl) => void;
}): ReactElement {
  const { exit, suspendTerminal } = useApp();
  useEffect(() => {
    onControl({
      exit: () => exit(),
      withTerminal: async (run) => {
        process.stdout.write(focusReportsOff);
        await suspendTerminal(run);
        process.stdout.write(focusReportsOn);
      },
    });
  }, [exit, suspendTerminal, onControl]);
  return <AppView app={app} theme={theme} />;
}

/** The colours to draw with. What the terminal says of its background counts for more than the environment. */
async function themeOf(
  { settings }: SettingsFile,
  ask: () => Promise<Background | undefined>,
): Promise<Theme> {
  const depth = settings.colours === "auto" ? detectDepth(process.env) : settings.colours;
  if (settings.background !== "auto") return createTheme(depth, settings.background, settings.links);
  const told = asksBackground(process.env, depth) ? await ask() : undefined;
  return createTheme(depth, told ?? detectBackground(process.env), settings.links);
}

const endingSignals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

/**
 * A signal, or a terminal that is gone, ends the client as quitting does: what is pending is still committed. The
 * exit code is the one shells give a process that died of the signal. Gives a function that ends the following.
 */
function followSignals(end: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === "SIGINT" || signal === "SIGTERM" || signal === "SIGHUP")
      process.exitCode = 128 + endingSignals[signal];
    end();
  };
  const onGone = () => onSignal("SIGHUP");
  for (const signal of Object.keys(endingSignals)) process.on(signal, onSignal);
  process.stdout.on("error", onGone);
  process.stdin.on("error", onGone);
  return () => {
    for (const signal of Object.keys(endingSignals)) process.off(signal, onSignal);
    process.stdin.off("error", onGone);
    // The listener of standard output stays: what is written to a terminal that is gone must not be a crash.
  };
}

/**
 * An exception that nobody catches leaves a usable terminal and one line that says what happened. Ink itself puts
 * the terminal back at exit and at the signals that end a process. Gives a function that takes the guard away.
 */
function guardTerminal(): () => void {
  const crash = (error: unknown) => {
    // Synchronously: the process does not live to see a stream drain.
    writeSync(1, restoreAll);
    const message =
      error instanceof Error
        ? process.env["SOTTO_DEBUG"] === undefined
          ? error.message
          : error.stack
        : String(error);
    writeSync(
      2,
      `sotto stopped because of an error: ${message}\nEverything that was sent or received is kept.\n`,
    );
    process.exit(70);
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  return () => {
    process.off("uncaughtException", crash);
    process.off("unhandledRejection", crash);
  };
}
