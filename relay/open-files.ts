import { closeSync, openSync } from "node:fs";
import { type RelaySettings, SettingError } from "./settings/settings.ts";

/** Files for the store, the log, the doors and the runtime itself, and for clients that are about to be turned away. */
const filesReserved = 200;

/**
 * How many connections the relay can take: as many as are set, or as the system lets it have files open. Deno takes
 * none any more, for good, once it ran out of them.
 * @param isProxy whether it reaches other relays: as many connections as are set may be open, and as many be made
 * @throws SettingError when there would be none
 */
export function connectionsThatFit(settings: RelaySettings, isProxy: boolean): number {
  const reserved = filesReserved + (isProxy ? 2 * settings["max-proxy-connections"] : 0);
  const openable = countOpenable(settings.data, settings["max-connections"] + reserved);
  if (openable > reserved) return openable - reserved;
  throw new SettingError(
    `cannot use setting max-connections: the relay can open ${openable} files, of which ${reserved} are for other uses; raise ulimit -n`,
  );
}

/** How many more files the process can have open, up to `wanted`: no runtime tells it, so it is tried. */
function countOpenable(path: string, wanted: number): number {
  const files: number[] = [];
  try {
    while (files.length < wanted) files.push(openSync(path, "r"));
    return wanted;
  } catch (error) {
    // Where the folder is not there, or cannot be opened, it is not known.
    return isOutOfFiles(error) ? files.length : wanted;
  } finally {
    for (const file of files) closeSync(file);
  }
}

function isOutOfFiles(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EMFILE" || error.code === "ENFILE");
}
