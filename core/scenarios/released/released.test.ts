import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backUp, restore } from "../../store/sqlite/backup.ts";
import { type OpenStore, openStore } from "../../store/sqlite/open.ts";
import { ChatPerson } from "../people.ts";
import { adaPassphrase, backupPassphrase, keptFolder, quickScrypt } from "./kept.ts";
import { Town } from "./town.ts";

const versions = readdirSync(keptFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test("stores of this version are kept", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  expect(versions).toContain(version);
});

describe.each(versions)("the stores of version %s", (version) => {
  let root: string;
  let town: Town;
  let stores: OpenStore[];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "sotto-released-"));
    cpSync(join(keptFolder, version), root, { recursive: true });
    town = new Town(join(root, "relay"));
    stores = [];
  });
  afterEach(async () => {
    for (const store of stores) store.close();
    await town.close();
    rmSync(root, { recursive: true, force: true });
  });

  function open(name: string, passphrase?: string): OpenStore {
    const opened = openStore({
      folder: join(root, name),
      witnessFolder: join(root, "witnesses", name),
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    stores.push(opened);
    return opened;
  }

  /** Opens a store that nobody used since it was kept. */
  function openLatest(name: string, passphrase?: string): OpenStore {
    const opened = open(name, passphrase);
    expect(opened.stale).toBe("copied");
    opened.store.transaction((transaction) => opened.markFresh(transaction));
    return opened;
  }

  const said = async (person: ChatPerson): Promise<readonly string[]> =>
    (await person.history()).filter((text) => !text.startsWith("["));

  async function say(from: ChatPerson, to: ChatPerson, text: string): Promise<void> {
    await from.chat.message.send({ contactId: await from.contact(), text });
    await town.until(() => to.has(text));
  }

  const words = ["first words of ada", "edited words of bob"];
  const waiting = ["waits at the relay", "waits there, too", "waits with ada"];

  test("are opened, and the conversation in them goes on: what waited arrives, and nothing is missing", async () => {
    const ada = new ChatPerson(town, "ada", openLatest("ada", adaPassphrase).store);
    const bob = new ChatPerson(town, "bob", openLatest("bob").store);
    await town.until(() => waiting.every((text) => bob.has(text)));
    await say(bob, ada, "new words of bob");
    await say(ada, bob, "new words of ada");
    const all = [...words, ...waiting, "new words of bob", "new words of ada"];
    for (const person of [ada, bob]) {
      expect(await said(person)).toEqual(all);
      const found = await person.chat.message.search({ text: "edited wor" });
      expect(found).toHaveLength(1);
      // No line that tells of a gap, or of a ratchet that had to be renewed.
      expect((await person.history()).join()).not.toMatch(/integrity|skipped|ratchet/i);
    }
    expect((await ada.chat.contact.list())[0]?.verified).toBe(true);
    for (const person of [ada, bob]) await person.chat.close();
  });

  test("have the request and the invitation that were open, and both still work", async () => {
    const ada = new ChatPerson(town, "ada", openLatest("ada", adaPassphrase).store);
    const [request] = await ada.chat.request.list();
    expect(request).toMatchObject({ text: "it's carol", profile: { displayName: "carol" } });
    await ada.chat.request.accept({ requestId: request?.id ?? 0 });
    const [invitation] = await ada.chat.invitation.list();
    const dora = new ChatPerson(town, "dora");
    await dora.introduce([town]);
    await dora.chat.connection.join({ link: invitation?.shortLink ?? invitation?.fullLink ?? "" });
    await town.until(() => dora.isConnected);
    await dora.chat.message.send({ contactId: await dora.contact(), text: "hello from dora" });
    await town.until(() => ada.has("hello from dora"));
    for (const person of [ada, dora]) await person.chat.close();
  });

  test("are read from a backup, which is known to be an old copy", async () => {
    const folder = join(root, "restored");
    mkdirSync(folder);
    expect(() => restore(join(root, "bob.backup"), "wrong", folder)).toThrow("the passphrase is wrong");
    restore(join(root, "bob.backup"), backupPassphrase, folder);
    const restored = open("restored", backupPassphrase);
    expect(restored.stale).toBe("restored");
    town.takeDown();
    const bob = new ChatPerson(town, "bob", restored.store);
    expect(await said(bob)).toEqual(words);
    await bob.chat.close();
  });

  test("take a new passphrase, and a backup of today", async () => {
    const opened = openLatest("ada", adaPassphrase);
    opened.changePassphrase("new passphrase");
    backUp(opened, join(root, "ada.backup"), "p", { scryptCost: quickScrypt });
    opened.close();
    stores.length = 0;
    expect(() => open("ada", adaPassphrase)).toThrow("the passphrase is wrong");
    expect(open("ada", "new passphrase").stale).toBeUndefined();
    const folder = join(root, "restored");
    mkdirSync(folder);
    restore(join(root, "ada.backup"), "p", folder);
    expect(open("restored", "p").stale).toBe("restored");
  });
});
