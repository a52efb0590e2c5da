// Keeps the stores of two people and their relay as this version of the program writes them, in a folder of the name
// of the version: `node core/scenarios/released/keep.ts`. To be run once for each release, and never again for it.
// Ada's store has a passphrase, Bob's has none; there is a backup of Bob's.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { saveIdentityFiles } from "../../../relay/identity/folder.ts";
import { createIdentity } from "../../../relay/identity/identity.ts";
import { systemRandom } from "../../crypto/random.ts";
import { backUp } from "../../store/sqlite/backup.ts";
import { type OpenStore, openStore } from "../../store/sqlite/open.ts";
import { ChatPerson } from "../people.ts";
import { adaPassphrase, backupPassphrase, keptFolder, quickScrypt } from "./kept.ts";
import { host, keptMs, Town } from "./town.ts";

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
const folder = join(keptFolder, String(version));
if (existsSync(folder)) {
  console.error(`stores of ${version} are kept already`);
  process.exit(1);
}
const relayFolder = join(folder, "relay");
mkdirSync(relayFolder, { recursive: true });
saveIdentityFiles(relayFolder, createIdentity("Ed25519", host, keptMs, systemRandom));
const town = new Town(relayFolder);

const witnesses = join(folder, "witnesses");
const open = (name: string, passphrase?: string): OpenStore =>
  openStore({
    folder: join(folder, name),
    witnessFolder: join(witnesses, name),
    scryptCost: quickScrypt,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
const stores = { ada: open("ada", adaPassphrase), bob: open("bob") };
const ada = new ChatPerson(town, "ada", stores.ada.store);
const bob = new ChatPerson(town, "bob", stores.bob.store);
for (const person of [ada, bob]) await person.introduce([town]);

const { shortLink = "" } = await ada.chat.invitation.create({});
await bob.chat.connection.join({ link: shortLink });
await town.until(() => ada.isConnected && bob.isConnected);
await say(ada, bob, "first words of ada");
const reply = await say(bob, ada, "first words of bob");
await bob.chat.message.edit({ messageId: reply, text: "edited words of bob" });
await town.until(() => ada.has("edited words of bob"));
const { code } = await bob.chat.connection.security({ contactId: await bob.contact() });
await ada.chat.contact.verify({ contactId: await ada.contact(), code: code ?? "" });

// Carol asks at an address, and nobody has answered her yet; an invitation is open, too.
const address = await ada.chat.address.create();
const carol = new ChatPerson(town, "carol");
await carol.introduce([town]);
await carol.chat.connection.join({ link: address.shortLink ?? address.fullLink, text: "it's carol" });
await town.until(() => ada.was(({ type }) => type === "request.added"));
await ada.chat.invitation.create({});

// While Bob is away, messages for him wait at the relay; then the relay goes, and more wait with Ada.
await bob.chat.close();
backUp(stores.bob, join(folder, "bob.backup"), backupPassphrase, { scryptCost: quickScrypt });
for (const text of ["waits at the relay", "waits there, too"]) await sent(text);
town.takeDown();
await ada.chat.message.send({ contactId: await ada.contact(), text: "waits with ada" });
await carol.chat.close();
await ada.chat.close();
for (const one of Object.values(stores)) one.close();
await town.close();
rmSync(witnesses, { recursive: true, force: true });
process.exit(0);

async function say(from: ChatPerson, to: ChatPerson, text: string): Promise<number> {
  const { id } = await from.chat.message.send({ contactId: await from.contact(), text });
  await town.until(() => to.has(text));
  return id;
}

async function sent(text: string): Promise<void> {
  const { id } = await ada.chat.message.send({ contactId: await ada.contact(), text });
  await town.until(async () => (await ada.chat.message.get({ messageId: id })).status?.state === "sent");
}
