import { rmSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../../scripts/bundle.ts";
import { qrPixels } from "../qr/picture.ts";
import { readQr } from "../qr/read.ts";
import { openPty, type Pty, type PtyOptions } from "../testing/pty.ts";
import { readScreenQr, scanScreen } from "../testing/screen-qr.ts";

const folder = "dist/test-terminal";
const program = fileURLToPath(new URL(`../../${folder}/demo.js`, import.meta.url));
const open: Pty[] = [];

beforeAll(() => bundle("tui/testing/demo.tsx", `${folder}/demo.js`));
afterAll(() =>
  rmSync(fileURLToPath(new URL(`../../${folder}`, import.meta.url)), { recursive: true, force: true }),
);
afterEach(() => Promise.all(open.splice(0).map((pty) => pty.close())));

/** The client over the chat in memory, in a pseudo-terminal. */
function start(contacts = 20, options: PtyOptions = {}): Pty {
  const pty = openPty(process.execPath, [program, String(contacts), "2000"], options);
  open.push(pty);
  return pty;
}
/** Modes that are on at the end: pairs of "on" and "off" in what was written. */
function modesLeftOn(output: string): string[] {
  const on = new Set<string>();
  for (const [, mode = "", value] of output.matchAll(/\x1b\[\?(\d+)([hl])/g)) {
    if (value === "h") on.add(mode);
    else on.delete(mode);
  }
  // The cursor is to be seen at the end.
  on.delete("25");
  return [...on];
}

test("keys and pastes become a message on the screen", async () => {
  const pty = start();
  await pty.waitFor("Grace Hopper");
  pty.write("\t");
  await pty.waitFor("write a message");
  pty.write("hello\r");
  await pty.waitFor(/hello +\d\d:\d\d ·/);
  pty.write("\x1b[200~one\ntwo\x1b[201~");
  await pty.waitFor(/▏ one\s*\n▏ two/);
  pty.write("\x1b\r");
  pty.write("three");
  await pty.waitFor(/▏ two\s*\n▏ three/);
});

test("the code on the screen is read from the screen itself, on dark and on light", async () => {
  for (const env of [{ COLORTERM: "truecolor" }, { COLORFGBG: "0;15" }, { NO_COLOR: "1" }]) {
    const pty = start(20, { env });
    await pty.waitFor("Grace Hopper");
    pty.write("\x14");
    await pty.waitFor("keep it waiting");
    expect(await scanScreen(pty)).toMatch(/^https:\/\/relay\.example\/i#/);
    pty.write("z");
    await pty.waitFor("larger code");
  }
});

test("a small window says what it needs, and a larger one is filled again", async () => {
  const pty = start();
  await pty.waitFor("Grace Hopper");
  pty.resize(30, 8);
  await pty.waitFor("sotto needs");
  pty.resize(120, 40);
  await pty.waitFor((text) => text.includes("│") && text.includes("Grace Hopper"));
  pty.resize(80, 24);
  await pty.waitFor((text) => !text.includes("│") && text.includes("Grace Hopper"));
});

test("nothing is drawn while nothing happens, and a key costs less than a kilobyte", async () => {
  const pty = start(20, { columns: 120, rows: 40, env: { COLORTERM: "truecolor" } });
  await pty.waitFor("Grace Hopper");
  pty.write("\t");
  await pty.waitFor((shown) => shown.includes("write a message") && shown.includes("✓✓"));
  for (const typed of ["h", "he", "hel", "hell", "hello"]) {
    const before = pty.bytesWritten();
    pty.write(typed.slice(-1));
    await pty.waitFor(`▏ ${typed}`);
    expect(pty.bytesWritten() - before).toBeLessThan(1000);
  }
});

test("without colours there are none", async () => {
  const pty = start(20, { env: { NO_COLOR: "1" } });
  await pty.waitFor("Grace Hopper");
  expect(pty.output()).not.toMatch(/\x1b\[[\d;]*[34]8;[25]/);
  expect(pty.output()).not.toMatch(/\x1b\[(3[0-7]|9[0-7])m/);
});

describe("the background", () => {
  const question = "\x1b]11;?";
  const [onDark, onLight] = ["\x1b[38;2;94;196;182m", "\x1b[38;2;0;110;100m"];
  const light = { background: "rgb:fdfd/f6f6/e3e3" };
  const env = { COLORTERM: "truecolor" };
  /** A terminal that answers is waited for, however slow this machine is. */
  const answering = { ...env, SOTTO_TEST_ANSWER_MS: "60000" };

  test.each<[string, PtyOptions, string]>([
    ["as the terminal tells", { ...light, env: answering }, onLight],
    [
      "as a multiplexer tells",
      { ...light, env: { ...answering, TERM: "screen-256color", STY: "1.x", TMUX: "x" } },
      onLight,
    ],
    [
      "as the terminal tells, whatever COLORFGBG says",
      { ...light, env: { ...answering, COLORFGBG: "15;0" } },
      onLight,
    ],
    ["as COLORFGBG says where the terminal does not", { env: { ...answering, COLORFGBG: "0;15" } }, onLight],
    ["dark where nothing says it", { env: answering }, onDark],
    ["dark where the terminal answers nothing at all", { env, silent: true }, onDark],
  ])("is %s", async (_, options, accent) => {
    const pty = start(20, options);
    await pty.waitFor("Grace Hopper");
    expect(pty.output()).toContain(question);
    expect(pty.output()).toContain(accent);
    expect(pty.output()).not.toContain(accent === onDark ? onLight : onDark);
    pty.write("\t");
    await pty.waitFor("write a message");
    pty.write("hello");
    await pty.waitFor("▏ hello");
  });

  test.each([
    ["without colours", { NO_COLOR: "1" }],
    ["on a terminal that can do nothing", { TERM: "dumb" }],
    ["on the console of Linux", { TERM: "linux" }],
    ["when the settings say it", { SOTTO_TEST_BACKGROUND: "light" }],
  ])("is not asked for %s", async (_, environment) => {
    const pty = start(20, { ...light, env: environment });
    await pty.waitFor("Grace Hopper");
    expect(pty.output()).not.toContain(question);
  });

  test("is told too late without a trace, and what is typed before is not lost", async () => {
    const pty = start(20, { env, silent: true });
    await pty.waitFor(() => pty.output().includes(question));
    pty.write("\t");
    await pty.waitFor("write a message");
    pty.write("a");
    await pty.waitFor("▏ a");
    pty.write("\x1b]11;rgb:ffff/ff");
    pty.write("ff/ffff\x1b");
    pty.write("\\\x1b[?1;2c");
    pty.write("b");
    await pty.waitFor(/▏ ab\s*$/m);
    // Escape is a key still: it leaves the composer for the list.
    pty.write("\x1b");
    await pty.waitFor((text) => !text.includes("▏ ab"));
  });
});

describe("the terminal is as it was", () => {
  test.each([
    ["after quitting", (pty: Pty) => pty.write("\x03"), 0],
    ["after SIGTERM", (pty: Pty) => pty.kill("SIGTERM"), 143],
    ["after SIGHUP", (pty: Pty) => pty.kill("SIGHUP"), 129],
    ["after SIGINT", (pty: Pty) => pty.kill("SIGINT"), 130],
  ])("%s", async (_, end, code) => {
    const pty = start();
    await pty.waitFor("Grace Hopper");
    expect(modesLeftOn(pty.output())).toContain("1049");
    end(pty);
    const { exitCode } = await pty.exited;
    expect(exitCode).toBe(code);
    expect(modesLeftOn(pty.output())).toEqual([]);
    expect(pty.output()).toMatch(/\x1b\[\?25h[\s\S]*$/);
  });

  test("after a crash, with one line that says what happened", async () => {
    const pty = start();
    await pty.waitFor("Grace Hopper");
    pty.kill("SIGUSR2");
    await pty.waitFor("Everything that was sent or received is kept.");
    expect((await pty.exited).exitCode).toBe(70);
    expect(modesLeftOn(pty.output())).toEqual([]);
    expect(pty.text()).not.toMatch(/^\s+at /m);
  });

  test("while it is stopped by ctrl-z, and it draws itself again with fg", async () => {
    const pty = openPty("/bin/bash", ["--norc", "--noprofile", "-i"], {
      env: { PS1: "shell> ", LC_ALL: "C" },
    });
    open.push(pty);
    const prompts = (text: string) => text.split("shell>").length - 1;
    await pty.waitFor("shell>");
    pty.write(`'${process.execPath}' '${program}' 20 2000\r`);
    await pty.waitFor("Grace Hopper");
    pty.write("\t");
    await pty.waitFor("write a message");
    pty.write("half a thought");
    await pty.waitFor("▏ half a thought");
    pty.write("\x1a");
    await pty.waitFor((text) => text.includes("Stopped") && prompts(text) === 2);
    expect(modesLeftOn(pty.output()).filter((mode) => mode !== "2004")).toEqual([]);
    pty.write("fg\r");
    await pty.waitFor("▏ half a thought");
    pty.write("!");
    await pty.waitFor("▏ half a thought!");
  });
});

test("the editor gets the text and gives it back", async () => {
  const pty = start(20, { env: { EDITOR: "sed -i s/draft/final/" } });
  await pty.waitFor("Grace Hopper");
  pty.write("\t");
  await pty.waitFor("write a message");
  pty.write("a draft");
  await pty.waitFor("▏ a draft");
  pty.write("\x18");
  await pty.waitFor("▏ a final");
});

test("an editor that fails leaves what was typed", async () => {
  const pty = start(20, { env: { EDITOR: "false", VISUAL: "" } });
  await pty.waitFor("Grace Hopper");
  pty.write("\t");
  await pty.waitFor("write a message");
  pty.write("a draft\x18");
  await pty.waitFor("what was typed before is kept");
  expect(pty.text()).toContain("▏ a draft");
});

test("a picture of the code that was drawn here reads back as well", async () => {
  const pty = start();
  await pty.waitFor("Grace Hopper");
  pty.write("\x14");
  await pty.waitFor("keep it waiting");
  const text = await scanScreen(pty);
  expect(readQr(qrPixels(readScreenQr(pty.terminal)?.modules ?? [], 3))).toBe(text);
});
