import { maybe, shortBytes, shortBytesOf, Writer } from "../bytes/index.ts";
import type { Authorizer } from "./authorization.ts";
import { type Chunks, ChunkWriter } from "./chunks.ts";
import { type Command, commandCodec } from "./command.ts";
import type { CorrelationId, EntityId } from "./ids.ts";
import { type BrokerMessage, messageCodec } from "./message.ts";
import type { SessionParameters } from "./transmission.ts";
import { since } from "./version.ts";

/** What a transmission is about, besides its command or message. */
export interface TransmissionIds {
  readonly correlationId: CorrelationId;
  readonly entityId: EntityId;
}

const serviceSignature = maybe(shortBytesOf(64));

/** More than any command without a large byte string takes, in bytes. */
const smallLength = 1024;

/**
 * A command as it is sent ("Transmission structure").
 * @param authorize makes its credentials; without it the command goes unauthorised
 * @throws EncodeError when a value does not fit its encoding
 */
export function encodeCommand(
  session: SessionParameters,
  ids: TransmissionIds,
  command: Command,
  authorize?: Authorizer,
): Chunks {
  if (authorize === undefined) {
    const writer = startUnauthorized(session, ids);
    commandCodec(session.version).encode(writer, command);
    return writer.chunks();
  }
  const { authorized, sent } = encodeForAuthorization(session, ids, command);
  const { authenticator, serviceSignature: signature } = authorize(authorized, ids.correlationId);
  const writer = new ChunkWriter();
  shortBytes.encode(writer, authenticator);
  if (session.version >= since.services) serviceSignature.encode(writer, signature);
  writer.bytes(sent);
  return writer.chunks();
}

/** A message of a relay as it is sent. @throws EncodeError when a value does not fit its encoding */
export function encodeMessage(
  session: SessionParameters,
  ids: TransmissionIds,
  message: BrokerMessage,
): Chunks {
  const writer = startUnauthorized(session, ids);
  messageCodec(session.version).encode(writer, message);
  return writer.chunks();
}

/** A command before its credentials are made. */
export interface CommandForAuthorization {
  /** What is authorised: session id, correlation id, entity id and command. */
  readonly authorized: Uint8Array;
  /** What is sent after the credentials: the same, from version 7 on without the session id. */
  readonly sent: Uint8Array;
}

/** The parts of a command that is to be authorised; `sent` is a view of `authorized`. */
export function encodeForAuthorization(
  session: SessionParameters,
  ids: TransmissionIds,
  command: Command,
): CommandForAuthorization {
  const writer = new Writer(smallLength + (command.type === "SEND" ? command.body.length : 0));
  shortBytes.encode(writer, session.sessionId);
  const sentStart = session.version >= since.authenticators ? writer.length : 0;
  writeIds(writer, ids);
  commandCodec(session.version).encode(writer, command);
  const authorized = writer.written();
  return { authorized, sent: authorized.subarray(sentStart) };
}

function startUnauthorized(session: SessionParameters, ids: TransmissionIds): ChunkWriter {
  const writer = new ChunkWriter();
  writer.byte(0);
  if (session.version < since.authenticators) shortBytes.encode(writer, session.sessionId);
  writeIds(writer, ids);
  return writer;
}

function writeIds(writer: Writer, { correlationId, entityId }: TransmissionIds): void {
  shortBytes.encode(writer, correlationId);
  shortBytes.encode(writer, entityId);
}
