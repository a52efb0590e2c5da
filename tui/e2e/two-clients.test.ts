import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bundle } from "../../scripts/bundle.ts";
import { qrPng } from "../qr/picture.ts";
import { readQr } from "../qr/read.ts";
import { openPty, type Pty } from "../testing/pty.ts";
import { readScreenQr } from "../testing/screen-qr.ts";

// Two real clients, each in a pseudo-terminal, and the real relay that the first one starts behind it.
const folder = "dist/test-clients";
const program = fileURLToPath(new URL(`../../${folder}/sotto.js`, import.meta.url));
const open: Pty[] = [];
let data = "";
let usedLink = "";

beforeAll(async () => {
  await bundle("tui/main.ts", `${folder}/sotto.js`);
  data = mkdtempSync(join(tmpdir(), "sotto-e2e-"));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map(quit));
});
afterAll(() => {
  stopRelay();
  rmSync(data, { recursive: true, force: true });
  rmSync(fileURLToPath(new URL(`../../${folder}`, import.meta.url)), { recursive: true, force: true });
});

function start(profile: string, args: readonly string[] = [], size = { columns: 80, rows: 24 }): Pty {
  const pty = openPty(process.execPath, [program, "--data", data, "--profile", profile, ...args], size);
  open.push(pty);
  return pty;
}

/** Quits a client as a user does, and waits until it is gone. */
async function quit(pty: Pty): Promise<void> {
  pty.write("\x03");
  await Promise.race([pty.exited, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
  pty.kill("SIGKILL");
}

/** A relay that nobody ended: of a client that was killed. */
function stopRelay(): void {
  const state: unknown = JSON.parse(readFileSync(join(data, "relay", "local.json"), "utf8"));
  if (typeof state !== "object" || state === null || !("pid" in state) || typeof state.pid !== "number")
    return;
  try {
    process.kill(state.pid);
  } catch {
    // It ended with its client.
  }
}

async function firstRun(pty: Pty, name: string): Promise<void> {
  await pty.waitFor("Your name");
  pty.write("\x15");
  pty.write(name);
  await pty.waitFor(`Your name   ${name}`);
  pty.write("\x1b[B\x1b[B\x1b[B");
  await pty.waitFor("▌ start");
  pty.write("\r");
  await pty.waitFor("keep it waiting", 60_000);
}

test("first run, invitation, joining, messages with receipts, edit, reaction, restart, and a draft through kill -9", async () => {
  const ada = start("ada");
  await firstRun(ada, "ada");
  const pixels = readScreenQr(ada.terminal);
  const link = pixels && readQr(pixels);
  usedLink = link ?? "";
  expect(link).toMatch(/^https:\/\/127\.0\.0\.1\/i#/);

  // The other side joins by a picture of the code as the screen showed it.
  const picture = join(data, "code.png");
  writeFileSync(picture, qrPng(pixels?.modules ?? []));
  const grace = start("grace", [], { columns: 120, rows: 40 });
  await firstRun(grace, "grace");
  grace.write("\x1b");
  await grace.waitFor("invitation not used yet");
  grace.write("\x0f");
  await grace.waitFor("Join with a link");
  grace.write(`\x1b[200~${picture}\x1b[201~`);
  await grace.waitFor("code.png");
  grace.write("\x1b[B\x1b[B");
  await grace.waitFor("▌ connect");
  grace.write("\r");
  await ada.waitFor(/grace[\s\S]*connected/);
  await grace.waitFor(/ada[\s\S]*connected/);

  ada.write("hello grace\r");
  await grace.waitFor("hello grace");
  await ada.waitFor(/hello grace +\d\d:\d\d ✓✓/);
  grace.write("hello ada, 日本語 👍\r");
  await ada.waitFor("hello ada, 日本語 👍");
  await grace.waitFor(/hello ada.* ✓✓/);

  ada.write("\x1b[A\x1b[A");
  await ada.waitFor("▌ hello grace");
  ada.write("e");
  await ada.waitFor("edit hello grace");
  ada.write(" hopper\r");
  await grace.waitFor(/hello grace hopper +edited/);
  grace.write("\x1b[A");
  await grace.waitFor("▌ hello ada");
  grace.write("\x1b[A");
  await grace.waitFor("▌ hello grace hopper");
  grace.write("+");
  await grace.waitFor("react:");
  grace.write("\r");
  await ada.waitFor(/hello grace hopper +👍 1/);

  // Killed in the middle of typing: the half-typed message is back, and so is all else.
  ada.write("this is not finis");
  await ada.waitFor("▏ this is not finis");
  await grace.waitFor("▌");
  ada.kill("SIGKILL");
  await ada.exited;
  await quit(grace);
  const again = start("ada");
  await again.waitFor("▏ this is not finis");
  expect(again.text()).toMatch(/hello grace hopper +👍 1 +edited/);
  const graceAgain = start("grace");
  await graceAgain.waitFor("hello ada, 日本語 👍");
  again.write("hed\r");
  await graceAgain.waitFor("this is not finished", 60_000);
  await again.waitFor(/this is not finished +\d\d:\d\d ✓✓/);
}, 180_000);

test("a second client of the same profile is told that it is open", async () => {
  const first = start("ada");
  await first.waitFor("this is not finished");
  const second = start("ada");
  const { exitCode } = await second.exited;
  expect(exitCode).toBe(41);
  await second.waitFor(/open/);
  expect(second.text().trim().split("\n").length).toBeLessThanOrEqual(3);
}, 60_000);

test("an invitation that was used, and a picture without a code, are told in one line each", async () => {
  const ada = start("ada");
  await ada.waitFor("this is not finished");
  ada.write("\x0f");
  await ada.waitFor("Join with a link");
  ada.write(`\x1b[200~${usedLink}\x1b[201~`);
  await ada.waitFor(/[?&]c=/);
  ada.write("\x1b[B\x1b[B\r");
  await ada.waitFor(/own|used/);
  await quit(ada);

  const third = start("third");
  await firstRun(third, "third");
  third.write("\x1b");
  await third.waitFor("invitation not used yet");
  third.write("\x0f");
  await third.waitFor("Join with a link");
  third.write(`\x1b[200~${usedLink}\x1b[201~`);
  await third.waitFor(/[?&]c=/);
  third.write("\x1b[B\x1b[B\r");
  await third.waitFor("used already");

  const picture = join(data, "none.png");
  writeFileSync(picture, qrPng([[false]]));
  third.write("\x1b[A\x1b[A\x15");
  third.write(`\x1b[200~${picture}\x1b[201~`);
  await third.waitFor("none.png");
  third.write("\x1b[B\x1b[B\r");
  await third.waitFor("No QR code is found");
}, 90_000);
