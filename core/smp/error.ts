import { type Codec, choice, mapped, struct } from "../bytes/index.ts";
import { type BlockingInfo, blockingInfo } from "./blocking-info.ts";
import { type Parameters, readSpace, type TaggedCodec, tagged } from "./tagged.ts";
import { latin1Text, tailText } from "./texts.ts";

/** Why a command is not accepted. */
export type CommandError = "UNKNOWN" | "SYNTAX" | "PROHIBITED" | "NO_AUTH" | "HAS_AUTH" | "NO_ENTITY";

/** An error that a relay answers with; `type` is its name on the wire ("Error responses"). */
export type SmpError =
  | { readonly type: "BLOCK" }
  | { readonly type: "SESSION" }
  | { readonly type: "CMD"; readonly error: CommandError }
  | { readonly type: "PROXY"; readonly error: ProxyError }
  | { readonly type: "AUTH" }
  | ({ readonly type: "BLOCKED" } & BlockingInfo)
  | { readonly type: "SERVICE" }
  | { readonly type: "CRYPTO" }
  | { readonly type: "QUOTA" }
  | { readonly type: "STORE"; readonly text: string }
  | { readonly type: "NO_MSG" }
  | { readonly type: "LARGE_MSG" }
  | { readonly type: "EXPIRED" }
  | { readonly type: "INTERNAL" }
  | { readonly type: "DUPLICATE_" };

/** An error of a proxy, or of the relay behind it. */
export type ProxyError =
  | { readonly type: "PROTOCOL"; readonly error: SmpError }
  | { readonly type: "BROKER"; readonly error: BrokerError }
  | { readonly type: "BASIC_AUTH" }
  | { readonly type: "NO_SESSION" };

/** What went wrong between a client, or a proxy, and a relay. */
export type BrokerError =
  | { readonly type: "RESPONSE"; readonly text: string }
  | { readonly type: "UNEXPECTED"; readonly text: string }
  | { readonly type: "NETWORK"; readonly error: NetworkError }
  | { readonly type: "HOST" }
  | { readonly type: "NO_SERVICE" }
  | { readonly type: "TRANSPORT"; readonly error: TransportError }
  | { readonly type: "TIMEOUT" };

/** How a connection failed; written as NETWORK alone, read with its details where they are there. */
export type NetworkError =
  | { readonly type: "CONNECT"; readonly text: string }
  | { readonly type: "TLS"; readonly text: string }
  | { readonly type: "UNKNOWNCA" }
  | { readonly type: "FAILED" }
  | { readonly type: "TIMEOUT" }
  | { readonly type: "SUBSCRIBE"; readonly text: string };

/** How a transport failed. */
export type TransportError =
  | { readonly type: "BLOCK" }
  | { readonly type: "VERSION" }
  | { readonly type: "LARGE_MSG" }
  | { readonly type: "SESSION" }
  | { readonly type: "NO_AUTH" }
  | { readonly type: "HANDSHAKE"; readonly error: HandshakeError };

/** What was wrong with a handshake: its form, the relay's identity, a key or signature, the service. */
export type HandshakeError = "PARSE" | "IDENTITY" | "BAD_AUTH" | "BAD_SERVICE";

interface Text {
  readonly text: string;
}

const text: Codec<Text> = struct<Text>({ text: latin1Text });

const handshakeError: Codec<HandshakeError> = choice<HandshakeError>({
  PARSE: "PARSE",
  IDENTITY: "IDENTITY",
  BAD_AUTH: "BAD_AUTH",
  BAD_SERVICE: "BAD_SERVICE",
});

export const transportError: TaggedCodec<TransportError> = tagged<TransportError>({
  BLOCK: undefined,
  VERSION: undefined,
  LARGE_MSG: undefined,
  SESSION: undefined,
  NO_AUTH: undefined,
  HANDSHAKE: struct<{ error: HandshakeError }>({ error: handshakeError }),
});

const networkError: TaggedCodec<NetworkError> = tagged<NetworkError>({
  CONNECT: text,
  TLS: text,
  UNKNOWNCA: undefined,
  FAILED: undefined,
  TIMEOUT: undefined,
  SUBSCRIBE: text,
});

/** Details are never written, as clients of older versions can't read them. */
const networkDetails: Parameters<{ readonly error: NetworkError }> = {
  ownSpace: true,
  encode: () => undefined,
  decode(reader) {
    if (reader.remaining === 0) return { error: { type: "FAILED" } };
    readSpace(reader);
    return { error: networkError.decode(reader) };
  },
};

const brokerError: TaggedCodec<BrokerError> = tagged<BrokerError>({
  RESPONSE: text,
  UNEXPECTED: text,
  NETWORK: networkDetails,
  HOST: undefined,
  NO_SERVICE: undefined,
  TRANSPORT: struct<{ error: TransportError }>({ error: transportError }),
  TIMEOUT: undefined,
});

/** No honest error of a proxy begins further into a message; without a limit its nesting could fill the stack. */
const proxyErrorOffsetMax = 256;

const proxyError: Codec<ProxyError> = {
  encode: (writer, error) => proxyErrorCases.encode(writer, error),
  decode(reader) {
    if (reader.offset > proxyErrorOffsetMax) reader.fail("error is nested too deep");
    return proxyErrorCases.decode(reader);
  },
};

type KnownCommandError = CommandError | "NO_QUEUE";

/** NO_QUEUE is what older relays say for NO_ENTITY. */
const commandError: Codec<CommandError> = mapped<KnownCommandError, CommandError>(
  choice<KnownCommandError>({
    UNKNOWN: "UNKNOWN",
    SYNTAX: "SYNTAX",
    PROHIBITED: "PROHIBITED",
    NO_AUTH: "NO_AUTH",
    HAS_AUTH: "HAS_AUTH",
    NO_ENTITY: "NO_ENTITY",
    NO_QUEUE: "NO_QUEUE",
  }),
  (error) => (error === "NO_QUEUE" ? "NO_ENTITY" : error),
  (error) => error,
);

/** Every error of a relay, in the form of the newest version. */
export const smpError: TaggedCodec<SmpError> = tagged<SmpError>({
  BLOCK: undefined,
  SESSION: undefined,
  CMD: struct<{ error: CommandError }>({ error: commandError }),
  PROXY: struct<{ error: ProxyError }>({ error: proxyError }),
  AUTH: undefined,
  BLOCKED: blockingInfo,
  SERVICE: undefined,
  CRYPTO: undefined,
  QUOTA: undefined,
  STORE: struct<Text>({ text: tailText }),
  NO_MSG: undefined,
  LARGE_MSG: undefined,
  EXPIRED: undefined,
  INTERNAL: undefined,
  DUPLICATE_: undefined,
});

const proxyErrorCases: TaggedCodec<ProxyError> = tagged<ProxyError>({
  PROTOCOL: struct<{ error: SmpError }>({ error: smpError }),
  BROKER: struct<{ error: BrokerError }>({ error: brokerError }),
  BASIC_AUTH: undefined,
  NO_SESSION: undefined,
});
