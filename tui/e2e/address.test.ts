import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { buildClients, type Clients } from "../testing/clients.ts";
import type { Pty } from "../testing/pty.ts";
import { scanScreen } from "../testing/screen-qr.ts";

let clients: Clients;

beforeAll(async () => {
  clients = await buildClients("address");
});
afterEach(() => clients.quitAll());
afterAll(() => clients.remove());

/** Runs a command by the palette. */
async function command(pty: Pty, words: string, title: string): Promise<void> {
  pty.write("\x0b");
  await pty.waitFor("enter choose");
  pty.write(words);
  await pty.waitFor(new RegExp(`▌${title}`));
  pty.write("\r");
  await pty.waitFor((text) => !text.includes("enter choose"));
}

async function back(pty: Pty, until: string): Promise<void> {
  pty.write("\x1b");
  await pty.waitFor(until);
}

test("an address is made, asked at, accepted by hand; both see the same security code and verify", async () => {
  const ada = clients.start("ada");
  await clients.firstRun(ada, "ada");
  await back(ada, "not used yet");
  await command(ada, "your address", "your address");
  await ada.waitFor("make an address");
  ada.write("\r");
  await ada.waitFor("show its QR code");
  ada.write("\r");
  await ada.waitFor("Whoever scans it");
  const link = await scanScreen(ada);
  expect(link).toMatch(/^https:\/\/127\.0\.0\.1\/a#/);
  await back(ada, "show its QR code");
  await back(ada, "not used yet");

  const bob = clients.start("bob");
  await clients.firstRun(bob, "bob");
  await back(bob, "not used yet");
  bob.write("\x0f");
  await bob.waitFor("Join with a link");
  bob.write(`\x1b[200~${link}\x1b[201~`);
  await bob.waitFor(/[?&]c=/);
  bob.write("\x1b[B\x1b[B\r");
  await bob.waitFor("Ask ada to connect");
  bob.write("we met at the fair");
  await bob.waitFor("we met at the fair");
  bob.write("\r");
  await bob.waitFor("Asked.");

  await ada.waitFor(/bob[\s\S]*we met at the fair/);
  ada.write("bob");
  await ada.waitFor("/ bob");
  ada.write("\r");
  await ada.waitFor("bob wants to connect");
  ada.write("\r");
  await ada.waitFor(/bob +quantum-safe|· connected/);
  await bob.waitFor(/· connected/);
  ada.write("welcome, bob\r");
  await bob.waitFor("welcome, bob");
  bob.write("thank you\r");
  await ada.waitFor("thank you");

  await command(ada, "verify this", "verify this contact");
  await ada.waitFor("they are the same");
  await command(bob, "verify this", "verify this contact");
  await bob.waitFor("they are the same");
  const code = (pty: Pty) => pty.text().match(/\b\d{5}\b/g);
  expect(code(ada)?.length).toBeGreaterThan(4);
  expect(code(ada)).toEqual(code(bob));
  expect(await scanScreen(ada)).toBe(await scanScreen(bob));
  ada.write("v");
  await ada.waitFor(/bob +verified/);
});
