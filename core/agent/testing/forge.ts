import { encode } from "../../bytes/index.ts";
import { encrypt } from "../../ratchet/ratchet.ts";
import type { ConnectionId } from "../api.ts";
import { type AgentMessage, agentMessage, aMessage } from "../messages/agent-message.ts";
import { agentEnvelope } from "../messages/envelope.ts";
import { messagePaddedLength } from "../messages/lengths.ts";
import type { ConnectionRecord } from "../state/connection-record.ts";
import type { OutboxKey } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { TestAgent } from "./world.ts";

/** What a peer has that does with its keys what it likes. */
export interface Forger {
  readonly record: ConnectionRecord;
  /** Encrypts with the ratchet of the connection, as a message that has these bytes inside. */
  envelope(plaintext: Uint8Array, agentVersion?: number): Uint8Array;
  /** The same for an agent message. */
  message(message: AgentMessage, agentVersion?: number): Uint8Array;
  /** Leaves out so many messages of the ratchet. */
  skip(count: number): void;
}

/**
 * Makes an agent that is a peer of others send bytes of our own choice in place of an envelope of its own.
 * @param queue the one of its queues to send through; undefined for the primary one
 */
export async function sendForged(
  peer: TestAgent,
  connection: ConnectionId,
  forge: (forger: Forger) => Uint8Array,
  queue?: number,
): Promise<void> {
  await peer.agent.stop();
  peer.store.transaction((transaction) => {
    const record = tables.connections.get(transaction, connection);
    let ratchet = tables.ratchets.get(transaction, connection);
    if (record === undefined || ratchet === undefined) throw new Error("connection has no ratchet");
    const encrypted = (plaintext: Uint8Array): Uint8Array => {
      if (ratchet === undefined) throw new Error("connection has no ratchet");
      const { state, message } = encrypt(
        ratchet,
        plaintext,
        messagePaddedLength(record.agentVersion, record.postQuantum),
        { pq: record.wantsPostQuantum },
      );
      ratchet = state;
      return message;
    };
    const envelope = (plaintext: Uint8Array, agentVersion = record.agentVersion): Uint8Array =>
      encode(agentEnvelope, { type: "message", agentVersion, encrypted: encrypted(plaintext) }).slice();
    const forged = forge({
      record,
      envelope,
      message: (message, agentVersion) => envelope(encode(agentMessage, message).slice(), agentVersion),
      skip: (count) => {
        for (let i = 0; i < count; i++) encrypted(new Uint8Array(0));
      },
    });
    const sequence = record.lastId + 1;
    const key: OutboxKey = { connection, order: "normal", sequence };
    tables.connections.put(transaction, connection, { ...record, lastId: sequence });
    tables.ratchets.put(transaction, connection, ratchet);
    // What is in flight is sent as it is.
    tables.outbox.put(transaction, key, {
      kind: "message",
      content: encode(aMessage, { type: "message", body: new Uint8Array(0) }).slice(),
      ratchetParams: undefined,
      id: 0,
      createdMs: peer.world.clock.nowMs(),
      notify: false,
      queue,
    });
    tables.inFlight.put(transaction, key, {
      generation: record.generation,
      sharedId: record.sentId,
      message: new Uint8Array(0),
      envelope: forged,
    });
  });
  await peer.restart();
}
