import { hexEncode, utf8Encode } from "../bytes/index.ts";

/** Every text that people of the simulator write begins with this: wherever it shows up, something is not encrypted. */
export const plaintextMark = "sotto-plaintext";

const markBytes = utf8Encode(plaintextMark);

/** Whether bytes that others see have a text of a person in them. */
export function showsPlaintext(bytes: Uint8Array): boolean {
  const first = markBytes[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (markBytes.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

/** Ids and keys that relays have seen, to find out whether one belongs to two queues. */
export class Identifiers {
  readonly #owners = new Map<string, string>();

  /** Notes an id or key. @returns whom it belongs to already, if that is another one */
  note(bytes: Uint8Array, owner: string): string | undefined {
    const name = hexEncode(bytes);
    const known = this.#owners.get(name);
    if (known === undefined) this.#owners.set(name, owner);
    return known === owner ? undefined : known;
  }

  get size(): number {
    return this.#owners.size;
  }
}
