/** An id as a string of one character a byte: what maps are keyed with. */
export function idKey(id: Uint8Array): string {
  return String.fromCharCode.apply(null, id as unknown as number[]);
}

/** The bytes of an id from its key. */
export function idOfKey(key: string): Uint8Array {
  return Uint8Array.from(key, (char) => char.charCodeAt(0));
}
