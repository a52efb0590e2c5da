import { mkdirSync, statSync } from "node:fs";
import { blame } from "./blame.ts";
import { type RelaySettings, SettingError } from "./settings.ts";

/** Others on this machine can't read it. */
const folderMode = 0o700;

/**
 * Works in the data folder, which is made if there is none.
 * @throws SettingError when it is no folder, or the system does not let something be read or written in it
 */
export function inDataFolder<T>({ data }: RelaySettings, work: () => T): T {
  return blame("setting data", () => {
    if (statSync(data, { throwIfNoEntry: false })?.isDirectory() === false) {
      throw new SettingError(`cannot use setting data: ${data} is not a folder`);
    }
    mkdirSync(data, { recursive: true, mode: folderMode });
    return work();
  });
}
