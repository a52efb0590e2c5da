import type { VersionRange } from "../bytes/index.ts";
import type { Clock } from "../clock/clock.ts";
import type { Random } from "../crypto/random.ts";
import { ratchetAdHash } from "../ratchet/ratchet.ts";
import type { RelayAddress } from "../smp/address.ts";
import type { SmpClient } from "../smp/client/client.ts";
import type { ServerEvent } from "../smp/client/events.ts";
import type { MessageId as RelayMessageId } from "../smp/ids.ts";
import { StoreError } from "../store/errors.ts";
import type { Store, Transaction } from "../store/store.ts";
import type {
  Agent,
  AgentEvent,
  ConfirmationId,
  ConnectionId,
  ConnectionStatus,
  CreatedLink,
  CreateOptions,
  DeleteOptions,
  EventHandler,
  JoinOptions,
  MessageId,
  ProfileId,
  RelaySetting,
  RequestId,
  ResolvedLink,
  RoutingSetting,
  SendOptions,
} from "./api.ts";
import * as commands from "./commands.ts";
import { deleteLinkData, setLinkData } from "./connect/change-link.ts";
import { createConnection } from "./connect/create-connection.ts";
import { resolveLink } from "./connect/resolve-link.ts";
import { Deliverer } from "./deliver/deliverer.ts";
import type { PresetRelays } from "./links/preset-relays.ts";
import { messageBodyLengthMax } from "./messages/lengths.ts";
import type { Network, NetworkFactory } from "./network/network.ts";
import { RelayFault } from "./network/relay-fault.ts";
import { ratchetOf } from "./ratchet/ratchet-store.ts";
import { EarlyMessages } from "./receive/early-messages.ts";
import { type ReceiveResult, receiveDelivery } from "./receive/receive-delivery.ts";
import { startResync } from "./resync/start-resync.ts";
import { leaveRelay } from "./rotation/leave-relay.ts";
import { startReceiveSwitch } from "./rotation/receive-side.ts";
import { Batcher } from "./state/batcher.ts";
import type { Connection } from "./state/connection-record.ts";
import { migrateAgent } from "./state/migrations.ts";
import type { ReceiveQueue } from "./state/queue-records.ts";
import { tables } from "./state/tables.ts";
import { Work } from "./state/work.ts";
import { statusOf } from "./status.ts";
import { type OwnQueue, Subscriptions } from "./subscriptions.ts";
import { suspend } from "./suspend/suspend.ts";
import type { TaskContext } from "./tasks/context.ts";
import { TaskRunner } from "./tasks/task-runner.ts";
import { agentVersions as allVersions } from "./versions.ts";

/** What an agent is made of. */
export interface AgentOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: NetworkFactory;
  /** The versions of the agent protocol to speak; all that we know unless said otherwise. */
  readonly agentVersions?: VersionRange;
  /** Relays that short links may name by their host alone. */
  readonly presetRelays?: PresetRelays;
  /** Runs a callback after what is due now, such as `setImmediate`; `queueMicrotask` unless said otherwise. */
  readonly defer?: (callback: () => void) => void;
  /** Gets errors that are defects of this program, or of the handler of events; thrown when it is not given. */
  readonly onDefect?: (error: unknown) => void;
}

/** An agent over a store; it does nothing before `start`. @throws StoreError `newer` when a later version wrote the store */
export function createAgent(options: AgentOptions): Agent {
  return new SottoAgent(options);
}

class SottoAgent implements Agent, TaskContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly agentVersions: VersionRange;
  readonly network: Network;
  stopped = true;
  readonly #store: Store;
  readonly #presets: PresetRelays;
  readonly #onDefect: (error: unknown) => void;
  readonly #connections = new Map<ConnectionId, Connection>();
  readonly #subscriptions: Subscriptions;
  readonly #deliverer: Deliverer;
  readonly #tasks: TaskRunner;
  readonly #early: EarlyMessages;
  readonly #batcher: Batcher;
  /** The transactions that are open now: our own, or one of a caller. */
  readonly #open = new Map<Transaction, Work>();
  #current: Work | undefined;
  #handler: EventHandler | undefined;

  constructor(options: AgentOptions) {
    const {
      store,
      clock,
      random,
      network,
      presetRelays = [],
      onDefect = rethrow,
      defer = queueMicrotask,
    } = options;
    migrateAgent(store);
    this.clock = clock;
    this.random = random;
    this.#store = store;
    this.agentVersions = options.agentVersions ?? allVersions;
    this.#presets = presetRelays;
    this.#onDefect = onDefect;
    this.network = network({
      received: (profile, relay, event) => this.#guard(() => this.#received(profile, relay, event)),
      disconnected: (profile, relay) => this.#guard(() => this.#subscriptions.disconnected(profile, relay)),
    });
    this.#batcher = new Batcher(this, defer);
    this.#subscriptions = new Subscriptions(this);
    this.#deliverer = new Deliverer(this);
    this.#tasks = new TaskRunner(this);
    this.#early = new EarlyMessages(clock, (queue, messageId, body) =>
      this.#take(queue, messageId, body, false),
    );
  }

  start(handler: EventHandler): void {
    this.#handler = handler;
    this.stopped = false;
    const rows = this.transaction((work) => tables.connections.range(work.transaction));
    for (const { key, value } of rows) {
      const connection = { id: key, ...value };
      this.#connections.set(key, connection);
      if (connection.deleting !== "now") this.#subscriptions.add(connection);
    }
    this.#subscriptions.run();
    this.#tasks.start();
    for (const { key, value } of rows) if (value.send.length > 0) this.#deliverer.poke(key);
  }

  stop(): Promise<void> {
    this.stopped = true;
    this.reconnect();
    this.#early.stop();
    this.network.close();
    return Promise.resolve();
  }

  reconnect(): void {
    this.#deliverer.retryAllNow();
    this.#tasks.retryAllNow();
    this.#subscriptions.retryNow();
  }

  unfinished(): number {
    return this.transaction(
      ({ transaction }) =>
        tables.tasks.count(transaction) +
        tables.connections.range(transaction).filter(({ value }) => value.deleting === "afterDelivery")
          .length,
    );
  }

  /** Runs `run` in a transaction, or in the one that is open already. */
  transaction<T>(run: (work: Work) => T): T {
    if (this.#current !== undefined) return run(this.#current);
    let done: Work | undefined;
    const result = this.#store.transaction((transaction) => {
      const work = new Work(this, transaction);
      done = work;
      return this.#within(work, run);
    });
    if (done !== undefined) this.#committed(done);
    return result;
  }

  /** Runs `run` in a transaction of the caller. What follows from it is taken up when that has ended. */
  #joined<T>(transaction: Transaction | undefined, run: (work: Work) => T): T {
    if (transaction === undefined || this.#current?.transaction === transaction) return this.transaction(run);
    const work = this.#open.get(transaction) ?? this.#openFor(transaction);
    try {
      return this.#within(work, run);
    } finally {
      // Whether the caller will commit is not known: what was held in memory is read again from the store.
      for (const id of work.changed.keys()) this.#connections.delete(id);
    }
  }

  #openFor(transaction: Transaction): Work {
    const work = new Work(this, transaction);
    this.#open.set(transaction, work);
    queueMicrotask(() => {
      this.#open.delete(transaction);
      this.#guard(() => this.#follow(work));
    });
    return work;
  }

  batch<T>(run: (work: Work) => T): Promise<T> {
    return this.#batcher.add(run);
  }

  #within<T>(work: Work, run: (work: Work) => T): T {
    const before = this.#current;
    this.#current = work;
    try {
      const result = run(work);
      // What can be sent at once is encrypted in the same transaction: that saves one more before it is sent.
      for (const id of work.follow.deliver) this.#deliverer.prepareAhead(work, id);
      return result;
    } finally {
      this.#current = before;
    }
  }

  #committed(work: Work): void {
    for (const [id, connection] of work.changed) {
      if (connection === undefined) this.#connections.delete(id);
      else this.#connections.set(id, connection);
    }
    this.#follow(work);
  }

  #follow({ follow }: Work): void {
    if (this.stopped) return;
    for (const id of follow.gone) this.#subscriptions.remove(id, []);
    for (const id of follow.queues) {
      const connection = this.transaction((work) => work.find(id));
      if (connection === undefined) continue;
      this.#subscriptions.remove(id, connection.receive);
      this.#subscriptions.add(connection);
    }
    for (const id of follow.retry) this.#deliverer.retryNow(id);
    for (const id of follow.deliver) this.#deliverer.poke(id);
    for (const id of follow.tasks) this.#tasks.poke(id);
  }

  cached(id: ConnectionId): Connection | undefined {
    return this.#connections.get(id);
  }

  emit(event: AgentEvent, transaction: Transaction): void {
    this.#handler?.(event, transaction);
  }

  /** Runs what nobody waits for. */
  #guard(run: () => void): void {
    if (this.stopped) return;
    try {
      run();
    } catch (error) {
      this.defect(error);
    }
  }

  defect(error: unknown): void {
    if (!this.stopped) this.#onDefect(error);
  }

  subscribed(id: ConnectionId, queueId: number, client: SmpClient): void {
    const connection = this.transaction((work) => work.find(id));
    const queue = connection?.receive.find((one) => one.id === queueId);
    if (connection === undefined || queue === undefined) return;
    this.#subscriptions.created(connection, queue, client);
    this.#subscriptions.run();
  }

  changed(
    type: "up" | "down",
    profile: ProfileId,
    relay: string,
    connections: readonly ConnectionId[],
  ): void {
    this.transaction((work) => work.emit({ type, profile, relay, connections }));
    if (type === "up") for (const id of connections) this.#deliverer.retryNow(id);
  }

  /** Connections that receive at a relay which keeps failing move to another one, where that is possible. */
  failing(relay: RelayAddress, connections: readonly ConnectionId[]): void {
    for (const id of connections) this.transaction((work) => leaveRelay(work, id, relay));
  }

  refused({ connection: id, queueId }: OwnQueue, fault: RelayFault): void {
    this.transaction((work) => {
      const connection = work.find(id);
      const queue = connection?.receive.find((one) => one.id === queueId);
      // A queue that was replaced may be deleted at its relay already, before that is noted here.
      if (connection?.deleting !== "no" || queue === undefined) return;
      if (queue.switching === "received" || queue.switching === "ended") return;
      work.emitError(connection, fault);
    });
  }

  #received(profile: ProfileId, relay: RelayAddress, { entityId, message }: ServerEvent): void {
    const own = this.#subscriptions.find(profile, relay, entityId);
    if (own === undefined) return;
    if (message.type === "MSG") {
      this.#take(own, message.messageId, message.body, true);
    } else if (message.type === "END" || message.type === "DELD") {
      const deleted = message.type === "DELD";
      if (deleted) this.#subscriptions.lost(profile, relay, entityId);
      else if (!this.#subscriptions.taken(profile, relay, entityId)) return;
      this.transaction((work) => work.emit({ type: "ended", profile, connection: own.connection, deleted }));
    }
  }

  /** Takes a message from a relay, then those that came too early and waited for it. */
  #take(own: OwnQueue, messageId: RelayMessageId, body: Uint8Array, mayWait: boolean): void {
    this.batch((work) => this.#receive(work, own, messageId, body, mayWait))
      .then((taken) => {
        if (taken === undefined || this.stopped) return;
        if (taken.result === "wait") {
          this.#early.keep(own, messageId, body);
          return;
        }
        this.#acknowledge(taken.connection, taken.queue, messageId);
        this.#early.tryAgain(own.connection, (early, id, waiting) => this.#take(early, id, waiting, true));
      })
      .catch((error: unknown) => {
        this.defect(error);
        if (error instanceof StoreError) this.#takeLater(own);
      });
  }

  /** A message that the store had no room for is at the relay still: it comes again with a new subscription. */
  #takeLater({ connection: id, queueId }: OwnQueue): void {
    const connection = this.#connections.get(id);
    const queue = connection?.receive.find((one) => one.id === queueId);
    if (connection !== undefined && queue !== undefined) this.#subscriptions.renew(connection, queue);
  }

  /** Undefined when the message is for nothing that we still have. */
  #receive(
    work: Work,
    { connection: id, queueId }: OwnQueue,
    messageId: RelayMessageId,
    body: Uint8Array,
    mayWait: boolean,
  ):
    | { readonly connection: Connection; readonly queue: ReceiveQueue; readonly result: ReceiveResult }
    | undefined {
    const connection = work.find(id);
    const queue = connection?.receive.find((one) => one.id === queueId);
    if (connection === undefined || queue === undefined || connection.deleting === "now") return undefined;
    const replacing = connection.receive.some(
      ({ id: other, switching }) =>
        other === queue.replaces && switching !== "received" && switching !== "ended",
    );
    const result = receiveDelivery(work, connection, queue, messageId, body, mayWait && replacing);
    return { connection, queue, result };
  }

  /**
   * A relay delivers nothing more before it has this. When the acknowledgement fails, the queue is subscribed
   * anew: then the relay delivers the message again, which is known by now.
   */
  #acknowledge(connection: Connection, queue: ReceiveQueue, messageId: RelayMessageId): void {
    const { relay, recipientId, authKey } = queue;
    this.network
      .withSession(connection.profile, relay, (client) =>
        client.acknowledge({ recipientId, privateKey: authKey }, messageId),
      )
      .catch((error: unknown) => {
        if (!(error instanceof RelayFault)) this.defect(error);
        else if (error.error?.type !== "NO_MSG") this.#subscriptions.renew(connection, queue);
      });
  }

  createProfile(relays: readonly RelaySetting[], routing?: RoutingSetting): ProfileId {
    return this.transaction((work) => commands.createProfile(work, relays, routing));
  }

  setRelays(profile: ProfileId, relays: readonly RelaySetting[]): void {
    this.transaction((work) => commands.setRelays(work, profile, relays));
  }

  setRouting(profile: ProfileId, routing: RoutingSetting): void {
    this.transaction((work) => commands.setRouting(work, profile, routing));
  }

  deleteProfile(profile: ProfileId): void {
    this.transaction((work) => commands.deleteProfile(work, profile));
  }

  profiles(): readonly ProfileId[] {
    return this.transaction((work) =>
      tables.profiles
        .range(work.transaction)
        .filter(({ value }) => !value.deleting)
        .map(({ key }) => key),
    );
  }

  createInvitation(profile: ProfileId, options: CreateOptions = {}): Promise<CreatedLink> {
    return createConnection(this, "invitation", profile, options);
  }

  createAddress(profile: ProfileId, options: CreateOptions = {}): Promise<CreatedLink> {
    return createConnection(this, "contact", profile, options);
  }

  setLinkData(address: ConnectionId, userData: Uint8Array): Promise<string> {
    return setLinkData(this, address, userData);
  }

  deleteLinkData(address: ConnectionId): Promise<void> {
    return deleteLinkData(this, address);
  }

  resolve(profile: ProfileId, link: string): Promise<ResolvedLink> {
    return resolveLink(this, profile, link, this.#presets);
  }

  join(
    profile: ProfileId,
    link: string,
    info: Uint8Array,
    options: JoinOptions = {},
    transaction?: Transaction,
  ): ConnectionId {
    return this.#joined(transaction, (work) => commands.join(work, profile, link, info, options));
  }

  allow(
    connection: ConnectionId,
    confirmation: ConfirmationId,
    info: Uint8Array,
    transaction?: Transaction,
  ): void {
    this.#joined(transaction, (work) => commands.allow(work, connection, confirmation, info));
  }

  accept(
    request: RequestId,
    info: Uint8Array,
    options: JoinOptions = {},
    transaction?: Transaction,
  ): ConnectionId {
    return this.#joined(transaction, (work) => commands.accept(work, request, info, options));
  }

  reject(request: RequestId, transaction?: Transaction): void {
    this.#joined(transaction, (work) => tables.requests.delete(work.transaction, request));
  }

  send(
    connection: ConnectionId,
    body: Uint8Array,
    { notify = true, transaction }: SendOptions = {},
  ): MessageId {
    return this.#joined(transaction, (work) => commands.send(work, connection, body, notify));
  }

  messageLengthMax(connection: ConnectionId, transaction?: Transaction): number {
    const { agentVersion, postQuantum } = this.#joined(transaction, (work) => work.get(connection));
    return messageBodyLengthMax(agentVersion, postQuantum);
  }

  receipt(connection: ConnectionId, id: MessageId, transaction?: Transaction): void {
    this.#joined(transaction, (work) => commands.receipt(work, connection, id));
  }

  switchRelay(connection: ConnectionId, relay?: string): void {
    this.transaction((work) => startReceiveSwitch(work, work.get(connection), relay));
  }

  synchronizeRatchet(connection: ConnectionId, force = false): void {
    this.transaction((work) => startResync(work, work.get(connection), force));
  }

  setPostQuantum(connection: ConnectionId, on: boolean): void {
    this.transaction((work) => commands.setPostQuantum(work, connection, on));
  }

  suspend(connection: ConnectionId): void {
    this.transaction((work) => suspend(work, connection));
  }

  delete(
    connection: ConnectionId,
    { waitDelivery = false }: DeleteOptions = {},
    transaction?: Transaction,
  ): void {
    this.#joined(transaction, (work) => commands.deleteConnection(work, connection, waitDelivery));
  }

  connections(profile: ProfileId): readonly ConnectionId[] {
    return this.transaction((work) => commands.connectionsOf(work, profile));
  }

  status(connection: ConnectionId, transaction?: Transaction): ConnectionStatus {
    return this.#joined(transaction, (work) => statusOf(work, work.get(connection), this.#subscriptions));
  }

  securityCode(connection: ConnectionId, transaction?: Transaction): Uint8Array {
    return this.#joined(transaction, (work) => ratchetAdHash(ratchetOf(work, work.get(connection))));
  }
}

function rethrow(error: unknown): never {
  throw error;
}
