import { decode, encode, equalBytes } from "../../bytes/index.ts";
import { sha256 } from "../../crypto/hash.ts";
import { type Decrypted, RatchetError, type RatchetState } from "../../ratchet/ratchet.ts";
import { ratchetFault } from "../bad-input.ts";
import { AgentError } from "../errors.ts";
import { type AgentMessage, type AMessage, agentMessage, aMessage } from "../messages/agent-message.ts";
import { decryptWithRatchet, ratchetOf, storeDecrypted } from "../ratchet/ratchet-store.ts";
import { missedAgreement } from "../resync/missed-agreement.ts";
import { mayBeOld, noMoreOldMessages } from "../resync/old-messages.ts";
import { onRatchetReady } from "../resync/on-ratchet-ready.ts";
import { isUnderWay, setSync, syncAfter } from "../resync/sync-state.ts";
import { onQueueEnd } from "../rotation/fast-receive.ts";
import { cameOverNewQueue, onQueueKey } from "../rotation/receive-side.ts";
import { onQueueAdd, onQueueContinue, onQueueUse } from "../rotation/send-side.ts";
import { connectionId } from "../state/codecs.ts";
import { type Connection, primarySendQueue, withReceiveQueue } from "../state/connection-record.ts";
import { noteSeen, wasSeen } from "../state/seen-messages.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { checkIntegrity } from "./integrity.ts";
import { onReceipts } from "./on-receipts.ts";
import type { Received, ReceiveResult } from "./receive-delivery.ts";

type Numbered = Extract<AgentMessage, { readonly type: "message" }>;

/** How many received messages are remembered: for receipts, and to know them when they come again. */
const receivedKept = 2_000;

/** A message that the ratchet encrypted. */
export function onMessage(
  work: Work,
  connection: Connection,
  received: Received,
  agentVersion: number,
  encrypted: Uint8Array,
): ReceiveResult {
  const before = ratchetOf(work, connection);
  const decrypted = tryDecrypt(work, connection, before, encrypted, received);
  if (decrypted === "done" || decrypted === "wait") return decrypted;
  const message = decode(agentMessage, decrypted.plaintext);
  if (message.type !== "message")
    throw new AgentError("AGENT A_PROHIBITED", `${message.type} in place of a message`);
  if (received.mayWait && message.sharedId > connection.receivedId + 1) return "wait";
  const stored = noteSeen(work, storeDecrypted(work, connection, decrypted), encrypted);
  noMoreOldMessages(work, stored, received.queue.id);
  // Until now the ratchet could not encrypt.
  if (before.sending === undefined) work.follow.deliver.add(connection.id);
  const upgraded = upgrade(
    cameOverNewQueue(work, stored, received.queue),
    agentVersion,
    work.host.agentVersions.max,
  );
  const hash = sha256(decrypted.plaintext);
  if (isRepeated(work, upgraded, message.sharedId, hash)) {
    work.put(upgraded);
    return "done";
  }
  // A ratchet that came out of an old copy of the store is not in order before it can send.
  const current = decrypted.state.sending === undefined ? upgraded : backInSync(work, upgraded);
  take(work, work.put(current), received, message, hash, before);
  return "done";
}

function tryDecrypt(
  work: Work,
  connection: Connection,
  state: RatchetState,
  encrypted: Uint8Array,
  { mayWait, queue, relayTimeMs }: Received,
): Decrypted | ReceiveResult {
  try {
    return decryptWithRatchet(work, connection, state, encrypted);
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    // The sender did not hear that the relay had it, and sent it again; or a relay repeats it.
    if (wasSeen(work, connection, encrypted)) {
      work.put(connection);
      return "done";
    }
    // The keys that it needs may still be in the queue that this one replaces.
    if (mayWait) return "wait";
    if (error.code === "RATCHET_HEADER" && mayBeOld(work, connection, queue.id)) {
      work.put(connection);
      return "done";
    }
    if (error.code === "RATCHET_HEADER" && missedAgreement(work, connection, relayTimeMs)) return "done";
    const fault = ratchetFault(error);
    const state = syncAfter(error.code);
    if (state !== undefined && !isUnderWay(connection.sync)) {
      setSync(work, connection, state, fault);
    } else {
      work.put(connection);
    }
    work.emitError(connection, fault);
    return "done";
  }
}

/** The same message under another number of the ratchet: sent again after the ratchet was started anew. */
function isRepeated(work: Work, { id, receivedId }: Connection, sharedId: number, hash: Uint8Array): boolean {
  if (sharedId > receivedId) return false;
  const known = tables.received.get(work.transaction, { connection: id, number: sharedId });
  return known !== undefined && equalBytes(known.hash, hash);
}

/** The peer may have come to speak a higher version. */
function upgrade(connection: Connection, version: number, maxVersion: number): Connection {
  const agentVersion = Math.min(version, maxVersion);
  return agentVersion > connection.agentVersion ? { ...connection, agentVersion } : connection;
}

/** A message decrypted: the ratchet is in order, whatever was wrong with it. */
function backInSync(work: Work, connection: Connection): Connection {
  if (connection.sync === "ok" || connection.sync === "started") return connection;
  work.follow.deliver.add(connection.id);
  return setSync(work, connection, "ok", undefined);
}

function take(
  work: Work,
  connection: Connection,
  received: Received,
  { sharedId, previousHash, message }: Numbered,
  hash: Uint8Array,
  before: RatchetState,
): void {
  const { id } = connection;
  const { receivedId, receivedHash } = connection;
  const hashOf = (number: number) => tables.received.get(work.transaction, { connection: id, number })?.hash;
  const integrity = checkIntegrity({ receivedId, receivedHash, hashOf }, sharedId, previousHash);
  const ownId = connection.lastId + 1;
  const isNewest = sharedId > connection.receivedId;
  const wasActive = received.queue.status === "active";
  const numbered = work.put({
    ...withReceiveQueue(connection, received.queue.id, { status: "active" }),
    lastId: ownId,
    receivedId: isNewest ? sharedId : connection.receivedId,
    receivedHash: isNewest ? hash : connection.receivedHash,
  });
  // What the application does not get has no number that it could send a receipt for.
  const receivedAs = message.type === "message" ? ownId : 0;
  tables.received.put(work.transaction, { connection: id, number: sharedId }, { id: receivedAs, hash });
  if (sharedId > receivedKept)
    tables.received.delete(work.transaction, { connection: id, number: sharedId - receivedKept });
  if (message.type === "message") {
    work.emit({
      type: "message",
      profile: connection.profile,
      connection: id,
      message: {
        id: ownId,
        sharedId,
        body: message.body.slice(),
        relayTimeMs: received.relayTimeMs,
        receivedMs: work.nowMs,
        integrity,
        postQuantum: connection.receivedPostQuantum,
        notify: received.notify,
      },
    });
  } else {
    handle(work, numbered, message, before, wasActive);
  }
}

function handle(
  work: Work,
  connection: Connection,
  message: Exclude<AMessage, { type: "message" }>,
  before: RatchetState,
  wasActive: boolean,
): void {
  switch (message.type) {
    case "hello":
      onHello(work, connection, wasActive);
      break;
    case "receipts":
      onReceipts(work, connection, message.receipts);
      break;
    case "queueContinue":
      onQueueContinue(work, connection, message.queue);
      break;
    case "queueAdd":
      onQueueAdd(work, connection, message.queues);
      break;
    case "queueKey":
      onQueueKey(work, connection, message.queues);
      break;
    case "queueUse":
      onQueueUse(work, connection, message.queues);
      break;
    case "queueTest":
      break;
    case "queueEnd":
      onQueueEnd(work, connection, message.queues);
      break;
    case "ratchetReady":
      onRatchetReady(work, connection, message.lastSharedId, before);
      break;
  }
}

/** The peer's queue is secured: the one who joined says so first, and is answered. */
function onHello(work: Work, connection: Connection, wasActive: boolean): void {
  const { id, profile } = connection;
  if (wasActive) throw new AgentError("AGENT A_PROHIBITED", "hello in an active queue");
  const queue = primarySendQueue(connection);
  if (queue === undefined) return;
  if (queue.status !== "active") {
    // The answer to our own hello may come before the relay's answer to it.
    if (!isSayingHello(work, connection)) work.enqueue(connection, { type: "hello" }, { notify: true });
    return;
  }
  if (connection.established) return;
  work.put({ ...connection, established: true });
  work.follow.deliver.add(id);
  work.emit({ type: "connected", profile, connection: id, postQuantum: connection.receivedPostQuantum });
}

function isSayingHello(work: Work, { id }: Connection): boolean {
  const hello = encode(aMessage, { type: "hello" });
  return tables.outbox
    .range(work.transaction, { prefix: encode(connectionId, id) })
    .some(({ value }) => value.kind === "message" && equalBytes(value.content, hello));
}
