import { type Codec, maybe } from "../bytes/index.ts";

const unsaid: Codec<undefined> = { encode: () => undefined, decode: () => undefined };

/**
 * A field that may be absent, from the protocol version `first` on; in earlier versions it takes no bytes:
 * it is left out when written, and undefined when read.
 */
export function maybeSince<T>(first: number, version: number, codec: Codec<T>): Codec<T | undefined> {
  return version >= first ? maybe(codec) : unsaid;
}
