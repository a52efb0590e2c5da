import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { hexEncode } from "../../../core/bytes/index.ts";
import { ChatError } from "../../../core/chat/api.ts";
import type { Random } from "../../../core/crypto/random.ts";
import { formatRelayAddress, type RelayAddress } from "../../../core/smp/address.ts";
import { translated } from "../../../core/store/sqlite/translated.ts";
import { loadIdentityFiles, saveIdentityFiles } from "../../../relay/identity/folder.ts";
import { createIdentity, IdentityError, readIdentity } from "../../../relay/identity/identity.ts";

/** Where the relay on this machine listens: nobody else can reach it. */
export const localHost = "127.0.0.1";

/** Ports that no system hands out by itself, so that the relay finds its own free again at its next start. */
const [portFirst, portCount] = [20_000, 10_000];
const portTries = 20;
const folderMode = 0o700;

/** The relay on this machine, as its folder describes it. */
export interface LocalRelayData {
  readonly folder: string;
  readonly port: number;
  readonly relay: RelayAddress;
  /** The address as text. */
  readonly address: string;
}

/**
 * Reads the folder of the relay, or makes it: an identity and a port, which stay for good because the addresses of
 * queues hold them. Two who make it at the same time get the same one.
 * @throws StoreError when the folder can't be made or read; ChatError badFile
 */
export async function localRelayData(folder: string, random: Random, nowMs: number): Promise<LocalRelayData> {
  if (!existsSync(portFile(folder))) await makeFolder(folder, random, nowMs);
  const text = translated(`read ${folder}`, () => readFileSync(portFile(folder), "utf8"));
  const port = parsePort(text);
  if (port === undefined) throw new ChatError("badFile", `${portFile(folder)} does not hold a port.`);
  const relay: RelayAddress = {
    scheme: "smp",
    hosts: [{ form: "IPv4", name: localHost }],
    port: String(port),
    keyHash: keyHashOf(folder, nowMs),
  };
  return { folder, port, relay, address: formatRelayAddress(relay) };
}

function keyHashOf(folder: string, nowMs: number): Uint8Array {
  try {
    return readIdentity(loadIdentityFiles(identityFolder(folder)), nowMs).keyHash;
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    throw new ChatError("badFile", `The relay on this machine is damaged: ${error.message}.`, {
      cause: error,
    });
  }
}

async function makeFolder(folder: string, random: Random, nowMs: number): Promise<void> {
  const port = await freePort(random);
  const temporary = `${folder}.${hexEncode(random(8))}`;
  translated(`make ${folder}`, () => {
    mkdirSync(dirname(folder), { recursive: true, mode: folderMode });
    saveIdentityFiles(identityFolder(temporary), createIdentity("Ed25519", localHost, nowMs, random));
    writeFileSync(portFile(temporary), `${JSON.stringify({ port })}\n`);
    try {
      renameSync(temporary, folder);
    } catch (error) {
      rmSync(temporary, { recursive: true });
      if (!existsSync(portFile(folder))) throw error;
    }
  });
}

function identityFolder(folder: string): string {
  return join(folder, "identity");
}

function portFile(folder: string): string {
  return join(folder, "local.json");
}

function parsePort(text: string): number | undefined {
  const [, digits] = /^\{"port":(\d{1,5})\}\n$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

async function freePort(random: Random): Promise<number> {
  for (let tries = 0; tries < portTries; tries++) {
    const [high = 0, low = 0] = random(2);
    const port = portFirst + (((high << 8) | low) % portCount);
    if (await isFree(port)) return port;
  }
  throw new ChatError("noRelay", "No free port was found for a relay on this machine.");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, localHost, () => server.close(() => resolve(true)));
  });
}
