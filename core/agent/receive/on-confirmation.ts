import { decode } from "../../bytes/index.ts";
import { sha256 } from "../../crypto/hash.ts";
import {
  acceptRatchet,
  decrypt,
  type E2eParams,
  noSkippedKeys,
  ratchetVersions,
  wipeKeys,
  wipeStates,
} from "../../ratchet/ratchet.ts";
import type { AuthKey } from "../../smp/keys.ts";
import type { ConfirmationId, ConnectionId } from "../api.ts";
import { supportsPostQuantum } from "../connect/post-quantum.ts";
import { AgentError } from "../errors.ts";
import { agentMessage } from "../messages/agent-message.ts";
import type { AgentEnvelope } from "../messages/envelope.ts";
import { decryptWithRatchet, ratchetOf, startRatchet, storeDecrypted } from "../ratchet/ratchet-store.ts";
import { relayKey } from "../state/codecs.ts";
import { type Connection, withReceiveQueue } from "../state/connection-record.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";

/** A confirmation with what the queue's encryption said about it. */
export interface ConfirmationIn {
  /** The secret with its sender: 32 bytes. */
  readonly secret: Uint8Array;
  readonly senderKey: AuthKey | undefined;
  readonly clientVersion: number;
  readonly envelope: Extract<AgentEnvelope, { readonly type: "confirmation" }>;
}

/** The peer confirms a queue of ours: it answers our invitation, or goes on after we answered its. */
export function onConfirmation(
  work: Work,
  connection: Connection,
  queue: ReceiveQueue,
  confirmation: ConfirmationIn,
): void {
  const { ratchet, agentVersion } = confirmation.envelope;
  if (agentVersion > work.host.agentVersions.max && agentVersion > connection.agentVersion)
    throw new AgentError("AGENT A_VERSION", `agent version ${agentVersion}`);
  if (agentVersion < work.host.agentVersions.min)
    throw new AgentError("AGENT A_VERSION", `agent version ${agentVersion}`);
  if (queue.status !== "new")
    throw new AgentError("AGENT A_PROHIBITED", "confirmation of a queue that is in use");
  if (connection.kind === "contact") throw new AgentError("AGENT A_PROHIBITED", "confirmation at an address");
  const confirmed = withReceiveQueue(connection, queue.id, {
    secret: confirmation.secret,
    status: "confirmed",
    clientVersion: Math.min(queue.clientVersion, confirmation.clientVersion),
  });
  if (connection.send.length === 0 && ratchet !== undefined) answered(work, confirmed, confirmation, ratchet);
  else if (connection.send.length > 0 && ratchet === undefined) goesOn(work, confirmed, queue, confirmation);
  else throw new AgentError("AGENT A_PROHIBITED", "confirmation in a wrong state");
}

/** The answer to our invitation: the ratchet starts, and the application is asked whether to go on. */
function answered(
  work: Work,
  connection: Connection,
  { senderKey, envelope }: ConfirmationIn,
  params: E2eParams,
): void {
  const { id, profile } = connection;
  if (params.version < ratchetVersions.min || params.version > ratchetVersions.max)
    throw new AgentError("AGENT A_VERSION", `ratchet version ${params.version}`);
  const keys = tables.ratchetKeys.get(work.transaction, id);
  if (keys === undefined) throw new AgentError("AGENT A_PROHIBITED", "confirmation without an invitation");
  const postQuantum = connection.postQuantum && supportsPostQuantum(envelope.agentVersion, params.version);
  const accepted = acceptRatchet(keys, params, postQuantum);
  const decrypted = decrypt(accepted, noSkippedKeys, envelope.encrypted, work.random);
  const message = decode(agentMessage, decrypted.plaintext);
  if (message.type !== "infoReply")
    throw new AgentError("AGENT A_PROHIBITED", "confirmation has no reply queue");
  tables.ratchetKeys.delete(work.transaction, id);
  work.afterwards(() => {
    wipeStates(accepted);
    wipeKeys(keys);
  });
  const started = startRatchet(
    work,
    {
      ...connection,
      agentVersion: envelope.agentVersion,
      postQuantum,
      wantsPostQuantum: postQuantum,
      ...receivedFirst(work, id, decrypted.plaintext),
    },
    decrypted.state,
  );
  work.put(storeDecrypted(work, started, decrypted));
  const confirmation = work.newId<ConfirmationId>();
  tables.confirmations.put(work.transaction, confirmation, {
    connection: id,
    senderKey,
    replyQueues: message.queues,
  });
  work.emit({
    type: "confirmation",
    profile,
    connection: id,
    confirmation,
    info: message.info.slice(),
    postQuantum,
    relays: message.queues.map(({ relay }) => relayKey(relay)),
  });
}

/** The confirmation is the first message of the chain; the application has no number for it. */
function receivedFirst(work: Work, connection: ConnectionId, message: Uint8Array) {
  const hash = sha256(message);
  tables.received.put(work.transaction, { connection, number: 1 }, { id: 0, hash });
  return { receivedId: 1, receivedHash: hash };
}

/** The peer whose invitation we answered allows the connection. */
function goesOn(
  work: Work,
  connection: Connection,
  queue: ReceiveQueue,
  { senderKey, envelope }: ConfirmationIn,
): void {
  const { id, profile, postQuantum } = connection;
  const decrypted = decryptWithRatchet(work, connection, ratchetOf(work, connection), envelope.encrypted);
  const message = decode(agentMessage, decrypted.plaintext);
  if (message.type !== "info") throw new AgentError("AGENT A_PROHIBITED", "confirmation has a reply queue");
  const known = {
    ...storeDecrypted(work, connection, decrypted),
    ...receivedFirst(work, id, decrypted.plaintext),
  };
  work.emit({ type: "info", profile, connection: id, info: message.info.slice(), postQuantum });
  if (senderKey !== undefined) {
    work.put(known);
    work.addTask(id, { type: "secureReply", queue: queue.id, senderKey });
    return;
  }
  work.put({ ...withReceiveQueue(known, queue.id, { status: "active" }), established: true });
  work.follow.deliver.add(id);
  work.emit({ type: "connected", profile, connection: id, postQuantum: known.receivedPostQuantum });
}
