import {
  concat,
  decode,
  equalBytes,
  maybe,
  orUndefined,
  Reader,
  shortBytes,
  shortBytesOf,
} from "../bytes/index.ts";
import { readAuthorization } from "./authorization.ts";
import { decodeBatch } from "./batch.ts";
import { commandCodec } from "./command.ts";
import { checkCommandCredentials, checkMessageCredentials } from "./credentials.ts";
import type { SmpError } from "./error.ts";
import { type CorrelationId, noId } from "./ids.ts";
import { messageCodec } from "./message.ts";
import type { TaggedCodec } from "./tagged.ts";
import type {
  CommandTransmission,
  MessageTransmission,
  RejectedTransmission,
  SessionParameters,
} from "./transmission.ts";
import { since } from "./version.ts";

/** The parts of a transmission, before any of them has been looked into. */
interface RawTransmission {
  readonly authenticator: Uint8Array;
  readonly serviceSignature: Uint8Array | undefined;
  /** What comes after the credentials begins here. */
  readonly sentStart: number;
  /** The session id in it, where it is sent. */
  readonly sessionId: Uint8Array | undefined;
  readonly correlationId: Uint8Array;
  readonly entityId: Uint8Array;
  /** Command or message. */
  readonly content: Uint8Array;
}

const serviceSignatureCodec = maybe(shortBytesOf(64));

/**
 * The commands in the content of a block, as the relay sees them. What is not in proper form comes with the
 * error to answer it with; a batch that can't be taken apart at all is one such transmission without ids.
 * Nothing is copied but credentials: byte strings are views of `content`, which is changed, so that what is
 * authorised stands in it in one piece. Ids and keys that are kept for long have to be copied out of it, or they
 * keep all of the block in memory.
 */
export function decodeCommands(
  session: SessionParameters,
  content: Uint8Array,
): readonly (CommandTransmission | RejectedTransmission)[] {
  return decodeEach(session, content, (bytes, raw) => commandOf(session, bytes, raw));
}

/** The messages in the content of a block, as the client sees them; otherwise as `decodeCommands`. */
export function decodeMessages(
  session: SessionParameters,
  content: Uint8Array,
): readonly (MessageTransmission | RejectedTransmission)[] {
  return decodeEach(session, content, (_bytes, raw) => messageOf(session, raw));
}

function decodeEach<T>(
  session: SessionParameters,
  content: Uint8Array,
  decodeOne: (bytes: Uint8Array, raw: RawTransmission) => T,
): readonly (T | RejectedTransmission)[] {
  const transmissions = orUndefined(() => decodeBatch(content));
  if (transmissions === undefined) return [rejectedUnread];
  return transmissions.map((bytes) => {
    const raw = orUndefined(() => readRaw(session, bytes));
    if (raw === undefined) return rejectedUnread;
    if (raw.sessionId !== undefined && !equalBytes(raw.sessionId, session.sessionId)) {
      return rejected(raw.correlationId, noId, { type: "SESSION" });
    }
    return decodeOne(bytes, raw);
  });
}

function readRaw({ version }: SessionParameters, bytes: Uint8Array): RawTransmission {
  const reader = new Reader(bytes);
  const authenticator = shortBytes.decode(reader);
  const hasServiceField = version >= since.services && authenticator.length > 0;
  return {
    authenticator,
    serviceSignature: hasServiceField ? serviceSignatureCodec.decode(reader) : undefined,
    sentStart: reader.offset,
    sessionId: version < since.authenticators ? shortBytes.decode(reader) : undefined,
    correlationId: shortBytes.decode(reader),
    entityId: shortBytes.decode(reader),
    content: reader.rest(),
  };
}

function commandOf(
  session: SessionParameters,
  bytes: Uint8Array,
  raw: RawTransmission,
): CommandTransmission | RejectedTransmission {
  const { correlationId, entityId } = raw;
  const hasAuthorization = raw.authenticator.length > 0;
  const known = orUndefined(() => ({ authorization: readAuthorization(raw.authenticator.slice()) }));
  if (known === undefined) return rejected(correlationId, noId, { type: "BLOCK" });
  const command = contentOf(commandCodec(session.version), raw.content);
  if (command.type === "CMD") return rejected(correlationId, entityId, command);
  const error = checkCommandCredentials(command.type, entityId.length > 0, hasAuthorization);
  if (error !== undefined) return rejected(correlationId, entityId, error);
  return {
    type: "command",
    correlationId,
    entityId,
    command,
    authorization: known.authorization,
    serviceSignature: raw.serviceSignature?.slice(),
    authorized: hasAuthorization ? authorizedPart(session, bytes, raw.sentStart) : noId,
  };
}

function messageOf(
  session: SessionParameters,
  { correlationId, entityId, content }: RawTransmission,
): MessageTransmission | RejectedTransmission {
  const message = contentOf(messageCodec(session.version), content);
  if (message.type === "CMD") return rejected(correlationId, entityId, message);
  const error = checkMessageCredentials(message.type, entityId.length > 0);
  if (error !== undefined) return rejected(correlationId, entityId, error);
  return { type: "message", correlationId, entityId, message };
}

type CommandRejection = Extract<SmpError, { readonly type: "CMD" }>;

/** The command or message, or the error that says what is wrong with it: an unknown name, or its syntax. */
function contentOf<T>(codec: TaggedCodec<T>, bytes: Uint8Array): T | CommandRejection {
  return (
    orUndefined(() => decode(codec, bytes)) ?? {
      type: "CMD",
      error: codec.knows(bytes) ? "SYNTAX" : "UNKNOWN",
    }
  );
}

/**
 * What is authorised: the transmission with the session id in front of it. Where that is not sent it is
 * written over the credentials before it, which have been copied and are no longer needed there.
 */
function authorizedPart({ version, sessionId }: SessionParameters, bytes: Uint8Array, sentStart: number) {
  if (version < since.authenticators) return bytes.subarray(sentStart);
  const start = sentStart - sessionId.length - 1;
  if (start < 0) return concat(Uint8Array.of(sessionId.length), sessionId, bytes.subarray(sentStart));
  bytes[start] = sessionId.length;
  bytes.set(sessionId, start + 1);
  return bytes.subarray(start);
}

function rejected(correlationId: CorrelationId, entityId: Uint8Array, error: SmpError): RejectedTransmission {
  return { type: "rejected", correlationId, entityId, error };
}

const rejectedUnread = rejected(noId, noId, { type: "BLOCK" });
