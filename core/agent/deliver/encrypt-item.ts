import { decode, encode } from "../../bytes/index.ts";
import { sha256 } from "../../crypto/hash.ts";
import { e2eParams } from "../../ratchet/ratchet.ts";
import { agentMessage, aMessage } from "../messages/agent-message.ts";
import { agentEnvelope } from "../messages/envelope.ts";
import {
  bodyTagLength,
  confirmationPaddedLength,
  messageBodyLengthMax,
  messagePaddedLength,
  padPrefix,
} from "../messages/lengths.ts";
import { encryptWithRatchet, ratchetOf } from "../ratchet/ratchet-store.ts";
import { connectionId } from "../state/codecs.ts";
import type { Connection } from "../state/connection-record.ts";
import type { InFlight, OutboxItem } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";

/** An item that is ready to go, and the connection after its encryption. */
export interface Encrypted {
  readonly connection: Connection;
  readonly ready: InFlight;
}

/**
 * Encrypts an item of the outbox: gives it the next number of the connection, unless it had its number
 * before; then only the ratchet is another one.
 * @returns `wait` while the ratchet can't send, as it has to receive first; `tooLong` when the item was accepted before
 *   headers came to be longer, and never will fit
 */
export function encryptItem(
  work: Work,
  connection: Connection,
  item: OutboxItem,
  before: InFlight | undefined,
): Encrypted | "wait" | "tooLong" {
  if (item.kind === "ratchetKey") {
    const ready = {
      generation: connection.generation,
      sharedId: 0,
      message: new Uint8Array(0),
      envelope: item.content,
    };
    return { connection, ready };
  }
  const ratchet = ratchetOf(work, connection);
  if (ratchet.sending === undefined) return "wait";
  const numbered =
    before === undefined
      ? number(connection, item)
      : { connection, message: before.message, sharedId: before.sharedId };
  const { connection: next, message, sharedId } = numbered;
  const paddedLength = item.kind === "message" ? messagePaddedLength : confirmationPaddedLength;
  const postQuantum = next.postQuantum && (ratchet.supportsPq || allFit(work, next));
  if (message.length > paddedLength(next.agentVersion, postQuantum) - padPrefix) return "tooLong";
  const { encrypted, state } = encryptWithRatchet(
    work,
    postQuantum ? next : { ...next, wantsPostQuantum: false },
    ratchet,
    message,
    paddedLength(next.agentVersion, postQuantum),
  );
  const envelope =
    item.kind === "message"
      ? encode(agentEnvelope, { type: "message", agentVersion: work.host.agentVersions.max, encrypted })
      : encode(agentEnvelope, {
          type: "confirmation",
          agentVersion: next.agentVersion,
          ratchet: item.ratchetParams === undefined ? undefined : decode(e2eParams, item.ratchetParams),
          encrypted,
        });
  return {
    connection: work.put({ ...next, sentPostQuantum: state.sendsPq }),
    ready: { generation: next.generation, sharedId, message, envelope },
  };
}

/**
 * Whether all messages that wait fit next to post-quantum keys. Some may have been accepted before those were turned on:
 * they and what is before them go out without.
 */
function allFit(work: Work, { id, agentVersion }: Connection): boolean {
  const lengthMax = messageBodyLengthMax(agentVersion, true);
  return tables.outbox
    .range(work.transaction, { prefix: encode(connectionId, id) })
    .every(({ value }) => value.kind !== "message" || value.content.length - bodyTagLength <= lengthMax);
}

function number(
  connection: Connection,
  item: OutboxItem,
): { connection: Connection; message: Uint8Array; sharedId: number } {
  const sharedId = connection.sentId + 1;
  const message =
    item.kind === "confirmation"
      ? item.content
      : encode(agentMessage, {
          type: "message",
          sharedId,
          previousHash: connection.sentHash,
          message: decode(aMessage, item.content),
        });
  return { connection: { ...connection, sentId: sharedId, sentHash: sha256(message) }, message, sharedId };
}
