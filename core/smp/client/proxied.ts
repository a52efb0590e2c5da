import { compatibleRange } from "../../bytes/index.ts";
import { CryptoError } from "../../crypto/errors.ts";
import type { Random } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";
import { x25519 } from "../../crypto/x25519.ts";
import { TransportError } from "../../transport/errors.ts";
import { checkIdentity } from "../../transport/identity.ts";
import type { RelayAddress } from "../address.ts";
import type { Authorizer } from "../authorization.ts";
import { encodeBatch } from "../batch.ts";
import type { Command } from "../command.ts";
import { decodeMessages } from "../decode-transmission.ts";
import { encodeCommand } from "../encode-transmission.ts";
import type { CorrelationId, EntityId, SessionId, X25519PublicKey } from "../ids.ts";
import type { BrokerMessage } from "../message.ts";
import { openProxiedResponse, sealProxied } from "../proxied.ts";
import type { SessionParameters } from "../transmission.ts";
import { proxiedVersions } from "../version.ts";
import { UnexpectedResponseError } from "./errors.ts";
import { agreeWithRelay, verifiedRelayKey } from "./relay-key.ts";

/** A session of a proxy with another relay, through which a client can send to that relay. */
export interface ProxySession extends SessionParameters {
  /** Of the proxy with the relay. */
  readonly sessionId: SessionId;
  /** Of the commands that go through. */
  readonly version: number;
  /** The relay's session key, vouched for by the identity in its address. */
  readonly relayKey: X25519PublicKey;
}

/**
 * What can be trusted of a PKEY: the proxy may not put itself in the relay's place.
 * @throws TransportError `identity`, `certificate`, `handshake` or `version`
 */
export function acceptProxySession(
  { sessionId, versionRange, signedKey }: Extract<BrokerMessage, { readonly type: "PKEY" }>,
  relay: RelayAddress,
  nowMs: number,
): ProxySession {
  const versions = compatibleRange(versionRange, proxiedVersions);
  if (versions === undefined) {
    throw new TransportError("version", "cannot send through proxy: relay has no version in common");
  }
  const { leafKey } = checkIdentity(signedKey.certificateChain, relay.keyHash, nowMs);
  return {
    sessionId: sessionId.slice(),
    version: versions.max,
    relayKey: verifiedRelayKey(leafKey, signedKey.signedKey),
  };
}

/** A command for a relay behind a proxy, as PFWD, and how to read the answer. */
export interface ProxiedCommand {
  readonly command: Extract<Command, { readonly type: "PFWD" }>;
  /** The relay's answer in the proxy's. @throws UnexpectedResponseError when it is not one to this command */
  readonly open: (encrypted: Uint8Array) => BrokerMessage;
}

/**
 * Encrypts a command for a relay behind a proxy, with a key for this one command. Specification: "Forward command
 * to destination" (PFWD).
 * @param correlationId of PFWD and of the command in it: 24 bytes
 * @throws TransportError `handshake` when the relay's key is of low order
 * @throws EncodeError when the command is too long
 */
export function proxiedCommand(
  session: ProxySession,
  random: Random,
  correlationId: CorrelationId,
  entityId: EntityId,
  command: Command,
  authorize: Authorizer | undefined,
): ProxiedCommand {
  const own = x25519.generateKeyPair(random);
  const secret = agreeWithRelay(own.privateKey, session.relayKey);
  wipe(own.privateKey);
  const batch = encodeBatch([encodeCommand(session, { correlationId, entityId }, command, authorize)]);
  const encrypted = sealProxied(secret, correlationId, batch);
  return {
    command: { type: "PFWD", version: session.version, key: own.publicKey, encrypted },
    open: (answer) => openAnswer(session, secret, correlationId, answer),
  };
}

function openAnswer(
  session: ProxySession,
  secret: Uint8Array,
  correlationId: CorrelationId,
  encrypted: Uint8Array,
): BrokerMessage {
  const [answer, ...more] = decodeMessages(session, opened(secret, correlationId, encrypted));
  if (answer?.type !== "message" || more.length > 0) throw new UnexpectedResponseError("malformed");
  return answer.message;
}

function opened(secret: Uint8Array, correlationId: CorrelationId, encrypted: Uint8Array): Uint8Array {
  try {
    return openProxiedResponse(secret, correlationId, encrypted);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new UnexpectedResponseError("not encrypted for this command");
  }
}
