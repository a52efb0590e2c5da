/** Why a command is not accepted. */
export type CommandError = "UNKNOWN" | "SYNTAX" | "PROHIBITED" | "NO_AUTH" | "HAS_AUTH" | "NO_ENTITY";

/** Why a queue is blocked. */
export type BlockingReason = "spam" | "content";

/** An error that a relay answers with; `type` is its name on the wire ("Error responses"). */
export type SmpError =
  | { readonly type: "BLOCK" }
  | { readonly type: "SESSION" }
  | { readonly type: "CMD"; readonly error: CommandError }
  | { readonly type: "PROXY"; readonly error: ProxyError }
  | { readonly type: "AUTH" }
  | {
      readonly type: "BLOCKED";
      readonly reason: BlockingReason;
      /** `ttl`: seconds for which clients are to tell the user; without it, for ever. */
      readonly notice: { readonly ttl: number | undefined } | undefined;
    }
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
