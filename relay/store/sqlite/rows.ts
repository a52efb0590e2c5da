import { decode, encode, equalBytes, latin1Decode, utf8Encode } from "../../../core/bytes/index.ts";
import { blockingInfo } from "../../../core/smp/blocking-info.ts";
import { keyFromBytes, keysFromBytes } from "../keys.ts";
import { type Notifier, type QueueRecord, type QueueStatus, StoreError } from "../store.ts";

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** @throws StoreError when the column holds something else: the file is damaged */
export function blob(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw damaged(column);
}

/** As `blob`, where NULL is undefined. */
export function maybeBlob(row: Row, column: string): Uint8Array | undefined {
  return row[column] === null ? undefined : blob(row, column);
}

/** @throws StoreError when the column holds something else: the file is damaged */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw damaged(column);
}

/** The columns of `queues` that a record comes from, in the order of `recordToColumns`. */
export const recordColumns =
  "recipient_id, sender_id, link_id, notifier_id, recipient_keys, dh_secret, sender_key, mode, " +
  "notifier_key, notifier_secret, notifier_service, status, updated_at, service_id";

/** @throws StoreError or DecodeError when the row is damaged */
export function recordFromRow(row: Row): QueueRecord {
  const senderKey = maybeBlob(row, "sender_key");
  return {
    recipientId: blob(row, "recipient_id"),
    senderId: blob(row, "sender_id"),
    recipientKeys: keysFromBytes(blob(row, "recipient_keys")),
    dhSecret: blob(row, "dh_secret"),
    senderKey: senderKey && keyFromBytes(senderKey),
    mode: modeFromText(row["mode"]),
    linkId: maybeBlob(row, "link_id"),
    notifier: notifierFromRow(row),
    status: statusFromText(row["status"]),
    updatedAt: integer(row, "updated_at"),
    serviceId: maybeBlob(row, "service_id"),
  };
}

function notifierFromRow(row: Row): Notifier | undefined {
  const notifierId = maybeBlob(row, "notifier_id");
  if (notifierId === undefined) return undefined;
  return {
    notifierId,
    key: keyFromBytes(blob(row, "notifier_key")),
    dhSecret: blob(row, "notifier_secret"),
    serviceId: maybeBlob(row, "notifier_service"),
  };
}

function modeFromText(value: unknown): QueueRecord["mode"] {
  if (value === null) return undefined;
  if (value === "messaging" || value === "contact") return value;
  throw damaged("mode");
}

/** A status as text: `active`, `off`, or `blocked ` and why, as the protocol writes it. */
export function statusToText(status: QueueStatus): string {
  return status.type === "blocked"
    ? blockedStart + latin1Decode(encode(blockingInfo, status.info))
    : status.type;
}

const blockedStart = "blocked ";

function statusFromText(value: unknown): QueueStatus {
  if (value === "active" || value === "off") return { type: value };
  if (typeof value !== "string" || !value.startsWith(blockedStart)) throw damaged("status");
  return { type: "blocked", info: decode(blockingInfo, utf8Encode(value.slice(blockedStart.length))) };
}

/** Whether an id in a row, or no id, is the same as another. */
export function sameId(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && equalBytes(a, b));
}

function damaged(column: string): StoreError {
  return new StoreError(`cannot read store: ${column} is not what was stored`);
}
