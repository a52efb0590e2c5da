import type { Codec } from "./codec.ts";
import { decodeField, type StructCodecs, struct } from "./composites.ts";
import { EncodeError } from "./errors.ts";
import type { Reader } from "./reader.ts";
import { utf8Encode } from "./text.ts";

/** One case of a union: the text of its tag on the wire, and the codecs of its other fields in order. */
export interface UnionCase<F extends object> {
  readonly tag: string;
  readonly fields: StructCodecs<F>;
}

type Cases<U extends { readonly type: string }> = {
  readonly [T in U["type"]]: UnionCase<Omit<Extract<U, { readonly type: T }>, "type">>;
};

interface CompiledCase {
  readonly type: string;
  readonly tag: string;
  readonly tagBytes: Uint8Array;
  readonly codec: Codec<object>;
}

/**
 * A discriminated union: each case has a tag on the wire, written in front of its fields.
 * No tag may be the beginning of another. `type` names the case in the value.
 */
export function union<U extends { readonly type: string }>(cases: Cases<U>): Codec<U> {
  const compiled = Object.entries<UnionCase<object>>(cases).map(
    ([type, { tag, fields }]): CompiledCase => ({
      type,
      tag,
      tagBytes: utf8Encode(tag),
      codec: struct(fields),
    }),
  );
  const byType = new Map(compiled.map((one) => [one.type, one]));
  return {
    encode(writer, value) {
      const found = byType.get(value.type);
      if (found === undefined) throw new EncodeError("union", `${value.type} is not one of its types`);
      writer.bytes(found.tagBytes);
      found.codec.encode(writer, value);
    },
    decode(reader) {
      const found = compiled.find(({ tagBytes }) => startsWith(reader, tagBytes));
      if (found === undefined) return reader.fail("tag is unknown");
      reader.take(found.tagBytes.length);
      return { type: found.type, ...decodeField(found.codec, reader, found.type) } as U;
    },
  };
}

function startsWith(reader: Reader, prefix: Uint8Array): boolean {
  const { bytes, offset } = reader;
  return prefix.length <= reader.remaining && prefix.every((byte, i) => bytes[offset + i] === byte);
}

/** One of a few values, each with its own text on the wire; no text may be the beginning of another. */
export function choice<T extends string>(texts: Readonly<Record<T, string>>): Codec<T> {
  const compiled = Object.entries<string>(texts).map(([value, text]) => ({
    value: value as T,
    text: utf8Encode(text),
  }));
  return {
    encode(writer, value) {
      const found = compiled.find((one) => one.value === value);
      if (found === undefined) throw new EncodeError("choice", `${value} is not one of its values`);
      writer.bytes(found.text);
    },
    decode(reader) {
      const found = compiled.find(({ text }) => startsWith(reader, text));
      if (found === undefined) return reader.fail("value is unknown");
      reader.take(found.text.length);
      return found.value;
    },
  };
}
