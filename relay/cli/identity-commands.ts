import { join } from "node:path";
import { systemClock } from "../../core/clock/system.ts";
import type { SigningAlgorithm } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { hasIdentity, loadAuthorityFiles, loadIdentityFiles, saveIdentityFiles } from "../identity/folder.ts";
import {
  createIdentity,
  IdentityError,
  type IdentityFiles,
  identityFilesFromText,
  type RelayIdentity,
  readIdentity,
  rotateCertificate,
} from "../identity/identity.ts";
import { qrText } from "../qr.ts";
import { operatorAddressOf } from "../run.ts";
import type { Runtime } from "../runtime.ts";
import { inDataFolder } from "../settings/data-folder.ts";
import { type RelaySettings, SettingError } from "../settings/settings.ts";
import type { CommandInput } from "./cli.ts";

/** The name in an online certificate; longer ones do not fit, and nobody looks at it. */
const certificateNameMax = 64;

/** The folder of the identity. */
export function identityFolder(settings: RelaySettings): string {
  return join(settings.data, "identity");
}

/** The identity from the environment or the folder. @throws IdentityError when there is none or it is not valid */
export function loadIdentity({ environment }: Runtime, settings: RelaySettings): RelayIdentity {
  const text = environment["SOTTO_RELAY_IDENTITY"];
  const files = text ? identityFilesFromText(text) : ownFiles(settings);
  return readIdentity(files, systemClock.nowMs());
}

/**
 * Makes the identity, unless there is one. @returns whether it made one
 * @throws IdentityError where it would be gone, and with it the relay's address, at the next start
 */
export function ensureIdentity(runtime: Runtime, settings: RelaySettings): boolean {
  if (runtime.environment["SOTTO_RELAY_IDENTITY"]) return false;
  if (!runtime.keepsFiles) {
    throw new IdentityError(
      "cannot make identity: no files are kept here. Make one elsewhere, and set variable SOTTO_RELAY_IDENTITY: see relay/README.md",
    );
  }
  const folder = identityFolder(settings);
  return inDataFolder(settings, () => {
    if (hasIdentity(folder)) return false;
    const { identityAlgorithm } = runtime;
    saveIdentityFiles(
      folder,
      createIdentity(identityAlgorithm, nameOf(settings), systemClock.nowMs(), systemRandom),
    );
    return true;
  });
}

/** `init`: makes the identity, or takes that of another server. @throws IdentityError when there is one already */
export function init({ runtime, settings, flags }: CommandInput): void {
  const folder = identityFolder(settings);
  if (hasIdentity(folder)) throw new IdentityError(`cannot make identity: ${folder} has one already`);
  const nowMs = systemClock.nowMs();
  const source = flags["import"];
  const files =
    source === undefined
      ? createIdentity(algorithmOf(flags["algorithm"], runtime), nameOf(settings), nowMs, systemRandom)
      : loadIdentityFiles(source);
  const identity = readIdentity(files, nowMs);
  inDataFolder(settings, () => saveIdentityFiles(folder, files));
  printAddress(runtime, settings, identity);
}

/** `address`: prints the relay's address and its QR code. */
export function address({ runtime, settings }: CommandInput): void {
  printAddress(runtime, settings, loadIdentity(runtime, settings));
}

function ownFiles(settings: RelaySettings): IdentityFiles {
  const folder = identityFolder(settings);
  requireIdentity(folder);
  return inDataFolder(settings, () => loadIdentityFiles(folder));
}

function requireIdentity(folder: string): void {
  if (!hasIdentity(folder)) {
    throw new IdentityError(`cannot read identity: ${folder} has none; start and init make one`);
  }
}

/** `rotate-certificate`: makes a new online certificate with ca.key. */
export function rotate({ runtime, settings }: CommandInput): void {
  const folder = identityFolder(settings);
  requireIdentity(folder);
  const authority = inDataFolder(settings, () => loadAuthorityFiles(folder));
  const files = rotateCertificate(authority, nameOf(settings), systemClock.nowMs(), systemRandom);
  inDataFolder(settings, () => saveIdentityFiles(folder, files));
  runtime.print("new certificate; a relay that runs takes it on SIGHUP, or when it is started again");
}

export function printAddress(runtime: Runtime, settings: RelaySettings, identity: RelayIdentity): void {
  const text = operatorAddressOf(settings, identity);
  runtime.print(`${text}\n\n${qrText(text)}`);
  if (settings.host[0]?.name === "localhost") {
    runtime.print(
      "localhost is for clients on this machine; for others, start with --host and this machine's name",
    );
  }
}

function algorithmOf(name: string | undefined, runtime: Runtime): SigningAlgorithm {
  if (name === undefined) return runtime.identityAlgorithm;
  if (name !== "Ed25519" && name !== "Ed448") {
    throw new SettingError(`cannot use flag --algorithm: "${name}" is not one of Ed25519, Ed448`);
  }
  return name;
}

function nameOf({ host }: RelaySettings): string {
  return (host[0]?.name ?? "relay").slice(0, certificateNameMax);
}
