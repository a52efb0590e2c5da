import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { qrPng } from "../qr/picture.ts";
import { buildClients, type Clients } from "../testing/clients.ts";
import { readScreenQr, scanScreen } from "../testing/screen-qr.ts";

let clients: Clients;
let usedLink = "";

beforeAll(async () => {
  clients = await buildClients("two-clients");
});
afterEach(() => clients.quitAll());
afterAll(() => clients.remove());

test("first run, invitation, joining, messages with receipts, edit, reaction, restart, and a draft through kill -9", async () => {
  const ada = clients.start("ada");
  await clients.firstRun(ada, "ada");
  usedLink = await scanScreen(ada);
  expect(usedLink).toMatch(/^https:\/\/127\.0\.0\.1\/i#/);

  // The other side joins by a picture of the code as the screen showed it.
  const picture = join(clients.data, "code.png");
  writeFileSync(picture, qrPng(readScreenQr(ada.terminal)?.modules ?? []));
  const grace = clients.start("grace", [], { columns: 120, rows: 40 });
  await clients.firstRun(grace, "grace");
  grace.write("\x1b");
  await grace.waitFor("invitation not used yet");
  await grace.waitFor("1 relay up");
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
  // What answers a later key is drawn after the draft of the earlier ones is on the disk.
  ada.write("\x0b");
  await ada.waitFor("enter choose");
  ada.kill("SIGKILL");
  await ada.exited;
  await clients.quit(grace);
  const again = clients.start("ada");
  await again.waitFor("▏ this is not finis");
  expect(again.text()).toMatch(/hello grace hopper +👍 1 +edited/);
  const graceAgain = clients.start("grace");
  await graceAgain.waitFor("hello ada, 日本語 👍");
  again.write("hed\r");
  await graceAgain.waitFor("this is not finished");
  await again.waitFor(/this is not finished +\d\d:\d\d ✓✓/);
});

test("while the window has not the focus there is a notification, and the open conversation is not read", async () => {
  const ada = clients.start("ada");
  await ada.waitFor("this is not finished");
  const grace = clients.start("grace");
  await grace.waitFor("write a message");
  // A key after the report shows that the report was read.
  ada.write("\x1b[Ox");
  await ada.waitFor("▏ x");
  ada.write("\x7f");
  await ada.waitFor("write a message");
  grace.write("look at this\r");
  await ada.waitFor("look at this");
  await ada.waitFor(() => ada.output().includes("\x1b]9;grace: new message\x07"));
  const title = () =>
    ada
      .output()
      .match(/\x1b\]2;[^\x07]*/g)
      ?.at(-1);
  await ada.waitFor(() => title() === "\x1b]2;(1) sotto");
  ada.write("\x1b[I");
  await ada.waitFor(() => title() === "\x1b]2;sotto");
  expect(ada.text()).toMatch(/▏ (?:write a message)?\s*\n/);
});

test("a second client of the same profile is told that it is open", async () => {
  const first = clients.start("ada");
  await first.waitFor("this is not finished");
  const second = clients.start("ada");
  const { exitCode } = await second.exited;
  expect(exitCode).toBe(41);
  await second.waitFor(/open/);
  expect(second.text().trim().split("\n").length).toBeLessThanOrEqual(3);
});

test("an invitation that was used, and a picture without a code, are told in one line each", async () => {
  const ada = clients.start("ada");
  await ada.waitFor("this is not finished");
  ada.write("\x0f");
  await ada.waitFor("Join with a link");
  ada.write(`\x1b[200~${usedLink}\x1b[201~`);
  await ada.waitFor(/[?&]c=/);
  ada.write("\x1b[B\x1b[B\r");
  await ada.waitFor(/own|used/);
  await clients.quit(ada);

  const third = clients.start("third");
  await clients.firstRun(third, "third");
  third.write("\x1b");
  await third.waitFor("invitation not used yet");
  third.write("\x0f");
  await third.waitFor("Join with a link");
  third.write(`\x1b[200~${usedLink}\x1b[201~`);
  await third.waitFor(/[?&]c=/);
  third.write("\x1b[B\x1b[B\r");
  await third.waitFor("used already");

  const picture = join(clients.data, "none.png");
  writeFileSync(picture, qrPng([[false]]));
  third.write("\x1b[A\x1b[A\x15");
  third.write(`\x1b[200~${picture}\x1b[201~`);
  await third.waitFor("none.png");
  third.write("\x1b[B\x1b[B\r");
  await third.waitFor("No QR code is found");
});
