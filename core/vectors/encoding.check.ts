import {
  base64urlDecode,
  base64urlEncode,
  bool,
  type Codec,
  char,
  decode,
  encode,
  formatUtcTime,
  formatVersionRange,
  int64,
  largeBytes,
  list,
  mapped,
  maybe,
  nonEmptyList,
  parseUtcTime,
  parseVersionRange,
  Reader,
  seconds,
  shortBytes,
  shortText,
  tail,
  tuple,
  utf8Decode,
  utf8Encode,
  versionRange,
  word16,
  word32,
} from "../bytes/index.ts";
import { sha256 } from "../crypto/hash.ts";
import {
  formatRelayAddress,
  formatRelayAddressWithAuth,
  parseKeyHash,
  parseRelayAddress,
  parseRelayAddressWithAuth,
  relayAddress,
  relayAddressLegacy,
} from "../smp/address.ts";
import { basicAuth, parseBasicAuth } from "../smp/basic-auth.ts";
import { type Host, hostCodec, parseHost } from "../smp/host.ts";
import { type MessageFlags, messageFlags } from "../smp/message-flags.ts";
import { type SubscribeMode, subscribeMode } from "../smp/new-queue.ts";
import { notificationMeta } from "../smp/notification.ts";
import { formatServiceScheme, parseServiceSchemePrefix } from "../smp/service-scheme.ts";
import type { Unchecked } from "./files.ts";
import { relayOf, versionRangeOf } from "./values.ts";
import {
  array,
  bigInteger,
  expectBytes,
  expectDecoded,
  expectSame,
  flag,
  hex,
  integer,
  type Json,
  object,
  oneOf,
  optional,
  text,
  type Vector,
  type VectorCheck,
  type VectorChecks,
} from "./vectors.ts";

type Read<T> = (value: unknown) => T;

/** Both directions of one type against a vector of it. */
type TypeCheck = (vector: Vector) => void;

function binary<T>(codec: Codec<T>, read: Read<T>): TypeCheck {
  return ({ input, output }) => {
    if ("repeatByte" in input) return checkRepeated(codec, read, { input, output });
    if (input["encoded"] === undefined) {
      const value = read("value" in input ? input["value"] : input["seconds"]);
      const encoded = encode(codec, value);
      expectBytes(encoded, output["encoded"], "encoded");
      return expectDecoded(
        output,
        () => decode(codec, encoded),
        (decoded) => expectSame(decoded, value, "decoded"),
      );
    }
    const bytes = hex(input["encoded"]);
    expectDecoded(
      output,
      () => decode(codec, bytes),
      (value) => expectBytes(encode(codec, value), output["reencoded"], "reencoded"),
    );
  };
}

function checkRepeated<T>(codec: Codec<T>, read: Read<T>, { input, output }: Omit<Vector, "name">): void {
  const digits = integer(input["repeatByte"]).toString(16).padStart(2, "0");
  const value = read(digits.repeat(integer(input["count"])));
  const encoded = encode(codec, value);
  expectSame(encoded.length, output["encodedLength"], "encodedLength");
  expectBytes(encoded.subarray(0, 4), output["encodedPrefix"], "encodedPrefix");
  expectBytes(sha256(encoded), output["encodedSha256"], "encodedSha256");
  expectDecoded(
    output,
    () => decode(codec, encoded),
    (decoded) => expectSame(decoded, value, "decoded"),
  );
}

interface TextForm<T> {
  readonly format: (value: T) => string;
  readonly parse: (text: string) => T;
  readonly read: Read<T>;
  /** What the vector says about a parsed value besides its text. */
  readonly describe?: (value: T) => Json;
}

function textual<T>({ format, parse, read, describe }: TextForm<T>): TypeCheck {
  return ({ input, output }) => {
    if (input["encoded"] === undefined) {
      const value = read(input["value"]);
      const encoded = format(value);
      expectSame(encoded, output["encoded"], "encoded");
      expectHexForm(encoded, output);
      return expectDecoded(
        output,
        () => parse(encoded),
        (decoded) => expectSame(decoded, value, "decoded"),
      );
    }
    const encoded = text(input["encoded"]);
    expectHexForm(encoded, input);
    expectDecoded(
      output,
      () => parse(encoded),
      (value) => {
        if ("reencoded" in output) expectSame(format(value), output["reencoded"], "reencoded");
        if ("decoded" in output) expectSame(value, read(output["decoded"]), "decoded");
        for (const [name, found] of Object.entries(describe?.(value) ?? {})) {
          if (name in output) expectSame(found, output[name], name);
        }
      },
    );
  };
}

/** Texts of the vectors are Latin-1, one byte a character; some stand there as bytes as well. */
function expectHexForm(encoded: string, { encodedHex }: Json): void {
  if (encodedHex !== undefined) expectBytes(latin1Bytes(encoded), encodedHex, "encodedHex");
}

const latin1Bytes = (encoded: string): Uint8Array =>
  Uint8Array.from(encoded, (character) => character.charCodeAt(0));

const each =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value) =>
    array(value).map(read);

const maybeOf =
  <T>(read: Read<T>): Read<T | undefined> =>
  (value) =>
    optional(value, read);

/** A byte as a character: vectors write it as two hexadecimal digits. */
const readChar: Read<string> = (value) => String.fromCharCode(...hex(value));

const readPassword: Read<Uint8Array> = (value) => latin1Bytes(text(value));

const readHostForm: Read<Host> = (value) => {
  const host = parseHost(text(object(value)["host"]));
  expectSame(host.form, object(value)["form"], "form");
  return host;
};

function readSubscribeMode(value: unknown): SubscribeMode {
  return oneOf(value, "SMSubscribe", "SMOnlyCreate") === "SMSubscribe" ? "subscribe" : "only-create";
}

const readFlags: Read<MessageFlags> = (value) => ({ notification: flag(object(value)["notification"]) });

/** A maybe in a maybe: the inner one is boxed, so that an absent one can be told from a present absent one. */
const nestedMaybe: Codec<{ readonly inner: boolean | undefined } | undefined> = maybe(
  mapped(
    maybe(bool),
    (inner) => ({ inner }),
    ({ inner }) => inner,
  ),
);

const binaryTypes: Readonly<Record<string, TypeCheck>> = {
  Word16: binary(word16, integer),
  Word32: binary(word32, integer),
  Int64: binary(int64, bigInteger),
  Char: binary(char, readChar),
  Bool: binary(bool, flag),
  ByteString: binary(shortBytes, hex),
  Large: binary(largeBytes, hex),
  Tail: binary(tail, hex),
  Text: binary(shortText, text),
  String: binary(shortText, text),
  "Maybe Word16": binary(maybe(word16), maybeOf(integer)),
  "Maybe ByteString": binary(maybe(shortBytes), maybeOf(hex)),
  "Maybe Bool": binary(maybe(bool), maybeOf(flag)),
  "Maybe (Maybe Bool)": binary(nestedMaybe, (value) => {
    const [inner] = array(value);
    return { inner: inner === null ? undefined : flag(array(inner)[0]) };
  }),
  "Maybe Large": binary(maybe(largeBytes), maybeOf(hex)),
  "Maybe Tail": binary(maybe(tail), maybeOf(hex)),
  "NonEmpty Word16": binary(nonEmptyList(word16), each(integer)),
  "NonEmpty ByteString": binary(nonEmptyList(shortBytes), each(hex)),
  "NonEmpty Large": binary(nonEmptyList(largeBytes), each(hex)),
  "[Word16] (1-byte count, may be empty)": binary(list(word16), each(integer)),
  "(Word16, Bool)": binary(tuple<[number, boolean]>(word16, bool), (value) => {
    const [a, b] = array(value);
    return [integer(a), flag(b)];
  }),
  "(ByteString, ByteString)": binary(tuple<[Uint8Array, Uint8Array]>(shortBytes, shortBytes), (value) => {
    const [a, b] = array(value);
    return [hex(a), hex(b)];
  }),
  "(Char, Maybe ByteString, Tail)": binary(
    tuple<[string, Uint8Array | undefined, Uint8Array]>(char, maybe(shortBytes), tail),
    (value) => {
      const [a, b, c] = array(value);
      return [readChar(a), optional(b, hex), hex(c)];
    },
  ),
  "(Word16, Word32, Int64, Bool, ByteString, Large, Maybe Bool, Tail)": binary(
    tuple<[number, number, bigint, boolean, Uint8Array, Uint8Array, boolean | undefined, Uint8Array]>(
      word16,
      word32,
      int64,
      bool,
      shortBytes,
      largeBytes,
      maybe(bool),
      tail,
    ),
    (value) => {
      const [a, b, c, d, e, f, g, h] = array(value);
      return [integer(a), integer(b), bigInteger(c), flag(d), hex(e), hex(f), optional(g, flag), hex(h)];
    },
  ),
  "SystemTime (seconds as Int64)": binary(seconds, integer),
  Version: binary(word16, integer),
  VersionRange: binary(versionRange, versionRangeOf),
  TransportHost: binary(hostCodec, (value) => parseHost(text(value))),
  "NonEmpty TransportHost": binary(
    nonEmptyList(hostCodec),
    each((value) => parseHost(text(value))),
  ),
  ProtocolServer: binary(relayAddress("smp"), relayOf),
  "ProtocolServer, legacy (single host)": (vector) => {
    const relay = relayOf(vector.input["value"]);
    const codec = relayAddressLegacy("smp");
    const { encoded } = vector.output;
    expectBytes(encode(codec, relay), encoded, "encoded");
    expectSame(decode(codec, hex(encoded)), { ...relay, hosts: relay.hosts.slice(0, 1) }, "decoded");
  },
  BasicAuth: binary(basicAuth, readPassword),
  CorrId: binary(shortBytes, hex),
  EntityId: binary(shortBytes, hex),
  KeyHash: binary(shortBytes, hex),
  SubscriptionMode: binary(subscribeMode, readSubscribeMode),
  MsgFlags: binary(messageFlags, readFlags),
  NMsgMeta: ({ input, output }) => {
    // What comes after the metadata is ignored on purpose.
    expectDecoded(
      output,
      () => notificationMeta.decode(new Reader(hex(input["encoded"]))),
      (meta) => expectBytes(encode(notificationMeta, meta), output["reencoded"], "reencoded"),
    );
  },
};

/** Decimal digits, as numbers are written in text forms. */
function decimal(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new TypeError("not a number");
  return Number(text);
}

const bytesText: TextForm<Uint8Array> = { format: base64urlEncode, parse: base64urlDecode, read: hex };

const relayWithAuth = textual({
  format: formatRelayAddressWithAuth,
  parse: (encoded) => parseRelayAddressWithAuth(encoded, "smp"),
  read: (value) => {
    const password = optional(object(value)["basicAuth"], (auth) => parseBasicAuth(text(auth)));
    return { relay: relayOf(value), ...(password === undefined ? {} : { password }) };
  },
});

const textTypes: Readonly<Record<string, TypeCheck>> = {
  "ByteString (base64url with padding)": textual(bytesText),
  "ByteString (base64url, whole string decoder)": textual(bytesText),
  "ByteString (base64url parser used inside URIs, non-empty)": textual({ ...bytesText, parse: parseKeyHash }),
  Word16: textual({ format: String, parse: decimal, read: integer }),
  Int64: textual({ format: String, parse: BigInt, read: bigInteger }),
  VersionRange: textual({ format: formatVersionRange, parse: parseVersionRange, read: versionRangeOf }),
  TransportHost: textual<Host>({
    format: ({ name }) => name,
    parse: parseHost,
    read: readHostForm,
    describe: ({ form }) => ({ form }),
  }),
  ProtoServerWithAuth: relayWithAuth,
  "ProtoServerWithAuth (smp)": relayWithAuth,
  ProtocolServer: (vector) => {
    const { scheme } = relayOf(vector.input["value"]);
    const parse = (encoded: string) => parseRelayAddress(encoded, scheme);
    textual({ format: formatRelayAddress, parse, read: relayOf })(vector);
  },
  "ProtocolServer (smp, no password allowed)": textual({
    format: formatRelayAddress,
    parse: (encoded) => parseRelayAddress(encoded, "smp"),
    read: relayOf,
  }),
  UTCTime: textual({
    format: formatUtcTime,
    parse: parseUtcTime,
    read: (value) => parseUtcTime(text(value)),
  }),
  SystemTime: textual({ format: String, parse: Number, read: integer }),
  "NonEmpty Word16": textual<readonly number[]>({
    format: (values) => values.join(","),
    parse: (encoded) => encoded.split(",").map(decimal),
    read: each(integer),
  }),
  "(ByteString, Word16)": textual<readonly [Uint8Array, number]>({
    format: ([bytes, number]) => `${base64urlEncode(bytes)} ${number}`,
    parse: (encoded) => {
      const [bytes = "", number = ""] = encoded.split(" ");
      return [base64urlDecode(bytes), decimal(number)];
    },
    read: (value) => {
      const [bytes, number] = array(value);
      return [hex(bytes), integer(number)];
    },
  }),
  ServiceScheme: textual({
    format: formatServiceScheme,
    parse: (encoded) => parseServiceSchemePrefix(encoded).scheme,
    read: (value) => parseServiceSchemePrefix(text(value)).scheme,
  }),
  CorrId: textual(bytesText),
  MsgFlags: textual<MessageFlags>({
    format: (flags) => utf8Decode(encode(messageFlags, flags)),
    parse: (encoded) => decode(messageFlags, utf8Encode(encoded)),
    read: readFlags,
  }),
};

function byType(types: Readonly<Record<string, TypeCheck>>): VectorCheck {
  return (vector) => {
    const type = text(vector.input["type"]);
    const check = types[type];
    if (check === undefined) throw new Error(`no check for ${type}`);
    check(vector);
  };
}

/** The checks of encoding.json, by `kind`. */
export const checks: VectorChecks = { binary: byType(binaryTypes), string: byType(textTypes) };

export const unchecked: Unchecked = {
  "binary: input.nanoseconds": "times are written in seconds",
};
