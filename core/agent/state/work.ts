import { base64urlEncodeUnpadded, encode, type VersionRange, word32 } from "../../bytes/index.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Random } from "../../crypto/random.ts";
import type { Transaction } from "../../store/store.ts";
import type { AgentEvent, ConnectionId, MessageId, ProfileId } from "../api.ts";
import { AgentError } from "../errors.ts";
import { type AMessage, aMessage } from "../messages/agent-message.ts";
import { connectionId, counter, ownIdLength } from "./codecs.ts";
import type { Connection } from "./connection-record.ts";
import type { OutboxItem, OutboxKey, ProfileRecord, Task } from "./records.ts";
import { forgetSeen } from "./seen-messages.ts";
import { connectionTables, tables } from "./tables.ts";

/** What a unit of work needs of the agent it belongs to. */
export interface WorkHost {
  readonly clock: Clock;
  readonly random: Random;
  /** The versions of the agent protocol that are spoken. */
  readonly agentVersions: VersionRange;
  /** A connection as it was last committed, if it is held in memory. */
  cached(id: ConnectionId): Connection | undefined;
  emit(event: AgentEvent, transaction: Transaction): void;
}

/** What has to be taken up once the transaction is committed; to take up what is not there is harmless. */
export interface Follow {
  readonly deliver: Set<ConnectionId>;
  /** What waits to be sent again for these need not wait any longer. */
  readonly retry: Set<ConnectionId>;
  /** Connections with queues that are new, or no longer there. */
  readonly queues: Set<ConnectionId>;
  readonly tasks: Set<number>;
  readonly gone: Set<ConnectionId>;
}

const taskCounter = encode(counter, 0).slice();
const countersTable = "agent_counters";

/** What is put into the outbox besides a message of the application. */
export interface EnqueueOptions {
  readonly notify?: boolean;
  readonly queue?: number;
  readonly urgent?: boolean;
  /** A message of the application, which it is told about. */
  readonly forApplication?: boolean;
}

/**
 * One transaction of the agent: reads and writes connections, tells events, notes what is to be done next.
 * Every protocol handler is a function over it.
 */
export class Work {
  readonly transaction: Transaction;
  readonly host: WorkHost;
  /** Connections written in this transaction. */
  readonly changed = new Map<ConnectionId, Connection | undefined>();
  readonly follow: Follow = {
    deliver: new Set(),
    retry: new Set(),
    queues: new Set(),
    tasks: new Set(),
    gone: new Set(),
  };
  readonly #afterwards: (() => void)[] = [];

  constructor(host: WorkHost, transaction: Transaction) {
    this.host = host;
    this.transaction = transaction;
  }

  /**
   * Runs something once the transaction is committed. In one of a caller, whose end nobody tells, it runs when that is
   * over: so only what is right then, too.
   */
  afterwards(run: () => void): void {
    this.#afterwards.push(run);
  }

  /** The transaction is over. */
  ended(): void {
    for (const run of this.#afterwards.splice(0)) run();
  }

  get nowMs(): number {
    return this.host.clock.nowMs();
  }

  get random(): Random {
    return this.host.random;
  }

  /** A new random id of ours. */
  newId<T extends string>(): T {
    return base64urlEncodeUnpadded(this.random(ownIdLength)) as T;
  }

  find(id: ConnectionId): Connection | undefined {
    if (this.changed.has(id)) return this.changed.get(id);
    const cached = this.host.cached(id);
    if (cached !== undefined) return cached;
    const record = tables.connections.get(this.transaction, id);
    return record === undefined ? undefined : { id, ...record };
  }

  /** @throws AgentError `CONN NOT_FOUND` */
  get(id: ConnectionId): Connection {
    const connection = this.find(id);
    if (connection === undefined || connection.deleting !== "no") throw new AgentError("CONN NOT_FOUND");
    return connection;
  }

  /** Writes a connection, and returns it. */
  put(connection: Connection): Connection {
    const { id, ...record } = connection;
    tables.connections.put(this.transaction, id, record);
    this.changed.set(id, connection);
    return connection;
  }

  /** Removes a connection and all that is stored for it. */
  remove(id: ConnectionId): void {
    const connection = this.find(id);
    if (connection !== undefined) forgetSeen(this, connection);
    const prefix = encode(connectionId, id).slice();
    for (const table of connectionTables) {
      for (const { key } of this.transaction.range(table, { prefix })) this.transaction.delete(table, key);
    }
    for (const { key, value } of tables.confirmations.range(this.transaction))
      if (value.connection === id) tables.confirmations.delete(this.transaction, key);
    this.changed.set(id, undefined);
    this.follow.gone.add(id);
  }

  /** @throws AgentError `CMD PROHIBITED` for a profile that is not there */
  profile(id: ProfileId): ProfileRecord {
    const profile = tables.profiles.get(this.transaction, id);
    if (profile === undefined || profile.deleting)
      throw new AgentError("CMD PROHIBITED", "profile is not there");
    return profile;
  }

  emit(event: AgentEvent): void {
    this.host.emit(event, this.transaction);
  }

  /** Tells of a fault that leaves the connection as it was. */
  emitError({ id, profile }: Connection, error: AgentError): void {
    this.emit({ type: "error", profile, connection: id, fault: error.fault });
  }

  /** Puts an agent message into the outbox. Returns the connection, and the number of the message. */
  enqueue(
    connection: Connection,
    message: AMessage,
    options: EnqueueOptions = {},
  ): { connection: Connection; id: MessageId } {
    const content = encode(aMessage, message);
    return this.enqueueItem(connection, { kind: "message", content, ratchetParams: undefined }, options);
  }

  /** As `enqueue`, for any kind of content. */
  enqueueItem(
    connection: Connection,
    item: Pick<OutboxItem, "kind" | "content" | "ratchetParams">,
    { notify = false, queue, urgent = false, forApplication = false }: EnqueueOptions = {},
  ): { connection: Connection; id: MessageId } {
    const sequence = connection.lastId + 1;
    const key: OutboxKey = { connection: connection.id, order: urgent ? "urgent" : "normal", sequence };
    const createdMs = Math.max(0, Math.floor(this.nowMs));
    tables.outbox.put(this.transaction, key, {
      ...item,
      id: forApplication ? sequence : 0,
      createdMs,
      notify,
      queue,
    });
    this.follow.deliver.add(connection.id);
    return { connection: this.put({ ...connection, lastId: sequence }), id: sequence };
  }

  /** Notes work on the network that is to be done until it succeeds. */
  addTask(connection: ConnectionId, task: Task): void {
    const bytes = this.transaction.get(countersTable, taskCounter);
    const id = (bytes === undefined ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)) + 1;
    this.transaction.put(countersTable, taskCounter, encode(word32, id).slice());
    tables.tasks.put(this.transaction, id, {
      connection,
      createdMs: Math.max(0, Math.floor(this.nowMs)),
      task,
    });
    this.follow.tasks.add(id);
  }
}
