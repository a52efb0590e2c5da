import { closeSync, openSync, readSync } from "node:fs";

/** Bytes that are read at a time. */
const chunkLength = 65_536;
/** The longest line that is kept, in characters: one of a queue with all it can have takes some 30,000. */
export const lineLengthMax = 1_000_000;

/**
 * The lines of a text file of any size, one after another, without their ends; undefined for one that is too long.
 * @throws Error of the system when the file cannot be read
 */
export function* linesOf(path: string): Generator<string | undefined> {
  const file = openSync(path, "r");
  try {
    const decoder = new TextDecoder();
    const chunk = new Uint8Array(chunkLength);
    let rest = "";
    let tooLong = false;
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
      const parts = (rest + decoder.decode(chunk.subarray(0, length), { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) {
        yield tooLong || line.length > lineLengthMax ? undefined : line;
        tooLong = false;
      }
      tooLong ||= rest.length > lineLengthMax;
      if (tooLong) rest = "";
    }
    if (tooLong) yield undefined;
    else if (rest !== "") yield rest;
  } finally {
    closeSync(file);
  }
}
