import { appendFileSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { privateFileMode, privateFolderMode } from "../../core/store/sqlite/atomic-file.ts";

/** The file does not grow beyond this. */
const bytesMax = 1_048_576;

/** Notes errors that are mistakes of this program, which goes on: in a file, as there may be no room on the screen. */
export class Defects {
  readonly path: string;
  count = 0;

  constructor(path: string) {
    this.path = path;
  }

  note(error: unknown): void {
    this.count++;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    try {
      if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) > bytesMax) return;
      mkdirSync(dirname(this.path), { recursive: true, mode: privateFolderMode });
      appendFileSync(this.path, `${new Date().toISOString()} ${text}\n`, { mode: privateFileMode });
    } catch {
      // A full disk may be what is wrong; the count is told in any case.
    }
  }
}
