import { type Codec, mapped, tail, utf8Decode, utf8Encode } from "../../bytes/index.ts";

/**
 * Rows as JSON. They are read as they were written: the store is encrypted and authenticated, and migrations bring
 * rows of earlier versions into the present form, so there is nothing to check again at each reading.
 */
export function jsonRow<T>(): Codec<T> {
  return mapped(
    tail,
    (bytes) => JSON.parse(utf8Decode(bytes)) as T,
    (value) => utf8Encode(JSON.stringify(value)),
  );
}
