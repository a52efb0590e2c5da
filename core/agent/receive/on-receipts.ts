import { equalBytes } from "../../bytes/index.ts";
import type { MessageId } from "../api.ts";
import { deliveredByReceipt } from "../deliver/delivered.ts";
import type { Receipt } from "../messages/agent-message.ts";
import type { Connection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";

/** The peer has our messages. Receipts for what we don't remember are passed over. */
export function onReceipts(work: Work, connection: Connection, receipts: readonly Receipt[]): void {
  const { id, profile } = connection;
  const known: { id: MessageId; status: "ok" | "badHash" }[] = [];
  for (const receipt of receipts) {
    const { sharedId, hash } = receipt;
    deliveredByReceipt(work, connection, receipt);
    const key = { connection: id, number: sharedId };
    const sent = tables.sent.get(work.transaction, key);
    if (sent === undefined) continue;
    const matches = equalBytes(sent.hash, hash);
    known.push({ id: sent.id, status: matches ? "ok" : "badHash" });
    if (matches) tables.sent.delete(work.transaction, key);
  }
  if (known.length > 0) work.emit({ type: "receipt", profile, connection: id, receipts: known });
}
