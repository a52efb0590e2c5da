import type { VersionRange } from "../bytes/index.ts";
import type { Clock } from "../clock/clock.ts";
import type { Random } from "../crypto/random.ts";
import type { RelayAddress } from "../smp/address.ts";
import type { SmpClient } from "../smp/client/client.ts";
import type { Store, Transaction } from "../store/store.ts";
import type { AgentEvent, ConnectionId, EventHandler, ProfileId } from "./api.ts";
import { CleanUp } from "./clean-up.ts";
import { Deliverer } from "./deliver/deliverer.ts";
import { expireUndelivered } from "./deliver/expiry.ts";
import type { Network, NetworkFactory } from "./network/network.ts";
import { mayLess } from "./network/permitted.ts";
import { reachesAnother } from "./network/reach.ts";
import type { RelayFault } from "./network/relay-fault.ts";
import { expireSkipped } from "./ratchet/skipped-keys.ts";
import { Receiver } from "./receive/receiver.ts";
import { RelayNews } from "./relay-news.ts";
import type { OwnQueue } from "./relay-subscriptions.ts";
import { beginAnew } from "./resync/missed-agreement.ts";
import { leaveRelay } from "./rotation/leave-relay.ts";
import { Batcher } from "./state/batcher.ts";
import type { Connection } from "./state/connection-record.ts";
import { LastingWork } from "./state/lasting-work.ts";
import { migrateAgent } from "./state/migrations.ts";
import type { OutboxItem } from "./state/records.ts";
import { expireSeen } from "./state/seen-messages.ts";
import { tables } from "./state/tables.ts";
import { Transactions } from "./state/transactions.ts";
import type { Follow, Work } from "./state/work.ts";
import { Subscriptions } from "./subscriptions.ts";
import type { TaskContext } from "./tasks/context.ts";
import { TaskRunner } from "./tasks/task-runner.ts";
import { agentVersions as allVersions } from "./versions.ts";

/** What the agent's parts run on. */
export interface CoreOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: NetworkFactory;
  /** The versions of the agent protocol to speak; all that we know unless said otherwise. */
  readonly agentVersions?: VersionRange;
  /** Runs a callback after what is due now, such as `setImmediate`; `queueMicrotask` unless said otherwise. */
  readonly defer?: (callback: () => void) => void;
  /** Gets errors that are defects of this program, or of the handler of events; thrown when it is not given. */
  readonly onDefect?: (error: unknown) => void;
}

/** The parts of an agent and what goes on between them: what a transaction leaves to be done is given to who does it. */
export class AgentCore implements TaskContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly agentVersions: VersionRange;
  readonly network: Network;
  readonly subscriptions: Subscriptions;
  stopped = true;
  readonly #onDefect: (error: unknown) => void;
  readonly #transactions: Transactions;
  readonly #deliverer: Deliverer;
  readonly #cleanUp: CleanUp;
  readonly #tasks: TaskRunner;
  readonly #receiver: Receiver;
  readonly #batcher: Batcher;
  readonly #lasting: LastingWork;
  readonly #news: RelayNews;
  #handler: EventHandler | undefined;

  /** @throws StoreError `newer` when a later version wrote the store */
  constructor(options: CoreOptions) {
    const { store, clock, random, network, onDefect = rethrow, defer = queueMicrotask } = options;
    migrateAgent(store, clock.nowMs());
    this.clock = clock;
    this.random = random;
    this.agentVersions = options.agentVersions ?? allVersions;
    this.#onDefect = onDefect;
    this.#transactions = new Transactions(store, this);
    this.#lasting = new LastingWork(this);
    this.#news = new RelayNews(this.#lasting);
    this.network = network({
      received: (profile, relay, event) => this.guard(() => this.#receiver.received(profile, relay, event)),
      disconnected: (profile, relay) => this.guard(() => this.subscriptions.disconnected(profile, relay)),
    });
    this.#batcher = new Batcher(this, defer);
    this.subscriptions = new Subscriptions(this);
    this.#deliverer = new Deliverer(this);
    this.#cleanUp = new CleanUp(this, [
      expireUndelivered((id) => this.#deliverer.onItsWay(id)),
      expireSeen,
      expireSkipped(),
      beginAnew(),
    ]);
    this.#tasks = new TaskRunner(this);
    this.#receiver = new Receiver(this, this.subscriptions);
  }

  start(handler: EventHandler): void {
    this.#handler = handler;
    this.stopped = false;
    const rows = this.transaction((work) => tables.connections.range(work.transaction));
    for (const { key, value } of rows) {
      const connection = { id: key, ...value };
      this.#transactions.hold(connection);
      if (connection.deleting !== "now") this.subscriptions.add(connection);
    }
    this.subscriptions.run();
    this.#tasks.start();
    this.#cleanUp.start();
    this.#deliverer.takeUp();
  }

  stop(): void {
    this.stopped = true;
    this.reconnect();
    this.#receiver.stop();
    this.#cleanUp.stop();
    this.network.close();
  }

  /** Ends all waits. */
  reconnect(): void {
    this.#deliverer.retryAllNow();
    this.#tasks.retryAllNow();
    this.subscriptions.retryNow();
    this.#lasting.retryNow();
  }

  /** Ends sessions, and has what needs them make them anew at once, though they have only just been made. */
  reopen(which: (profile: ProfileId, relay: RelayAddress) => boolean): void {
    this.network.end(which);
    // By then all that was under way has noticed, and waits.
    this.clock.after(0, () => this.reconnect());
  }

  /** Changes a profile, and ends its sessions that may have been used for what is not allowed any more. */
  changeProfile(id: ProfileId, change: (work: Work) => void): void {
    const [before, after] = this.transaction((work) => {
      const found = work.profile(id);
      change(work);
      return [found, work.profile(id)];
    });
    this.reopen((profile, relay) => profile === id && mayLess(before, after, relay));
  }

  transaction<T>(run: (work: Work) => T): T {
    return this.#transactions.run(run);
  }

  /** As `transaction`, in a transaction of the caller if there is one. */
  joined<T>(transaction: Transaction | undefined, run: (work: Work) => T): T {
    return this.#transactions.joined(transaction, run);
  }

  batch<T>(run: (work: Work) => T): Promise<T> {
    return this.#batcher.add(run);
  }

  prepareAhead(work: Work, id: ConnectionId): void {
    this.#deliverer.prepareAhead(work, id);
  }

  onItsWay(id: ConnectionId): OutboxItem | undefined {
    return this.#deliverer.onItsWay(id);
  }

  follow({ gone, queues, retry, deliver, tasks }: Follow): void {
    if (this.stopped) return;
    for (const id of gone) this.subscriptions.remove(id, []);
    for (const id of queues) this.#takeOnQueues(id);
    for (const id of retry) this.#deliverer.retryNow(id);
    for (const id of deliver) this.#deliverer.poke(id);
    for (const id of tasks) this.#tasks.poke(id);
  }

  #takeOnQueues(id: ConnectionId): void {
    const takeOn = (connection: Connection): void => {
      this.subscriptions.remove(id, connection.receive);
      this.subscriptions.add(connection);
    };
    const cached = this.cached(id);
    if (cached !== undefined) return takeOn(cached);
    this.#lasting.run(`queues ${id}`, (work) => {
      const found = work.find(id);
      if (found === undefined) return;
      takeOn(found);
      // It may be late.
      this.subscriptions.run();
    });
  }

  cached(id: ConnectionId): Connection | undefined {
    return this.#transactions.cached(id);
  }

  emit(event: AgentEvent, transaction: Transaction): void {
    this.#handler?.(event, transaction);
  }

  guard(run: () => void): void {
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
    // As it was just committed.
    const connection = this.cached(id);
    const queue = connection?.receive.find((one) => one.id === queueId);
    if (connection !== undefined && queue !== undefined)
      this.subscriptions.created(connection, queue, client);
    this.subscriptions.run();
  }

  changed(
    type: "up" | "down",
    profile: ProfileId,
    relay: string,
    connections: readonly ConnectionId[],
  ): void {
    this.#news.changed(type, profile, relay, connections);
    if (type === "up") for (const id of connections) this.#deliverer.retryNow(id);
  }

  retryAt(profile: ProfileId, relay: string, atMs: number | undefined): void {
    this.#news.retryAt(profile, relay, atMs);
  }

  /** Connections that receive at a relay which keeps failing move to another one, where that is possible. */
  failing(relay: RelayAddress, connections: readonly ConnectionId[]): void {
    for (const id of connections) this.#lasting.run(`leave ${id}`, (work) => leaveRelay(work, id, relay));
  }

  reachesAnother(profile: ProfileId, relay: RelayAddress): Promise<boolean> {
    const settings = this.transaction((work) => tables.profiles.get(work.transaction, profile));
    return reachesAnother(this.network, profile, settings?.relays ?? [], relay);
  }

  ended({ profile, connection, queueId }: OwnQueue, deleted: boolean): void {
    this.#lasting.run(`ended ${connection} ${queueId}`, (work) =>
      work.emit({ type: "ended", profile, connection, deleted }),
    );
  }

  refused({ connection: id, queueId }: OwnQueue, fault: RelayFault): void {
    this.#lasting.run(`refused ${id} ${queueId}`, (work) => {
      const connection = work.find(id);
      const queue = connection?.receive.find((one) => one.id === queueId);
      // A queue that was replaced may be deleted at its relay already, before that is noted here.
      if (connection?.deleting !== "no" || queue === undefined) return;
      if (queue.switching === "received" || queue.switching === "ended") return;
      work.emitError(connection, fault);
    });
  }
}

function rethrow(error: unknown): never {
  throw error;
}
