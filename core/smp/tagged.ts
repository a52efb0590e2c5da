import { type Codec, DecodeError, EncodeError, type Reader, utf8Encode } from "../bytes/index.ts";

/** Parameters of a case; with `ownSpace` the codec itself writes and reads the space in front of them. */
export interface Parameters<T> extends Codec<T> {
  readonly ownSpace?: true;
}

/** The codecs of the parameters of each case; `undefined` where there are none. */
export type TaggedCases<U extends { readonly type: string }> = {
  readonly [T in U["type"]]: keyof Omit<Extract<U, { readonly type: T }>, "type"> extends never
    ? undefined
    : Parameters<Omit<Extract<U, { readonly type: T }>, "type">>;
};

/** A codec of `tagged`, which can also say whether it knows a tag. */
export interface TaggedCodec<U> extends Codec<U> {
  /** Whether `bytes` begin with a tag that is known, whatever comes after it. */
  knows(bytes: Uint8Array): boolean;
}

interface Case {
  readonly type: string;
  readonly tag: Uint8Array;
  readonly parameters: Parameters<object> | undefined;
}

const space = 0x20;
const tagLengthMax = 16;

/**
 * A discriminated union in the form of commands, messages and errors: the tag, which is the `type` of the
 * value, then, where there are parameters, a space and the parameters.
 */
export function tagged<U extends { readonly type: string }>(cases: TaggedCases<U>): TaggedCodec<U> {
  const known = new Map<string, Case>();
  for (const [type, parameters] of Object.entries<Parameters<object> | undefined>(cases)) {
    known.set(type, { type, tag: utf8Encode(type), parameters });
  }
  return {
    encode(writer, value) {
      const found = known.get(value.type);
      if (found === undefined) throw new EncodeError("tag", `${value.type} is not known`);
      writer.bytes(found.tag);
      if (found.parameters === undefined) return;
      if (found.parameters.ownSpace !== true) writer.byte(space);
      found.parameters.encode(writer, value);
    },
    decode(reader) {
      const found = known.get(readTag(reader));
      if (found === undefined) return reader.fail("tag is unknown");
      if (found.parameters === undefined) return { type: found.type } as U;
      if (found.parameters.ownSpace !== true) readSpace(reader);
      try {
        return { type: found.type, ...found.parameters.decode(reader) } as U;
      } catch (error) {
        throw error instanceof DecodeError ? error.within(found.type) : error;
      }
    },
    knows: (bytes) => known.has(tagOf(bytes, 0)),
  };
}

/** The text up to a space or the end of input; cut where it is longer than any tag. */
function readTag(reader: Reader): string {
  const tag = tagOf(reader.bytes, reader.offset);
  reader.take(tag.length);
  return tag;
}

function tagOf(bytes: Uint8Array, start: number): string {
  let tag = "";
  for (let at = start; at < bytes.length && at < start + tagLengthMax; at++) {
    const byte = bytes[at];
    if (byte === undefined || byte === space) break;
    tag += String.fromCharCode(byte);
  }
  return tag;
}

/** @throws DecodeError when the next byte is not a space */
export function readSpace(reader: Reader): void {
  if (reader.byte() !== space) reader.fail("space is due");
}
