import type { Clock } from "../../clock/clock.ts";
import type { Random } from "../../crypto/random.ts";
import { StoreError } from "../../store/errors.ts";
import type { ConnectionId } from "../api.ts";
import type { Network } from "../network/network.ts";
import { RelayFault } from "../network/relay-fault.ts";
import { sendRouted } from "../network/send-route.ts";
import type { OutboxItem, OutboxKey, ProfileRecord } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { Backoff, storeWaits } from "../tasks/backoff.ts";
import { itemDelivered } from "./delivered.ts";
import { type NextDelivery, nextDelivery, type SendBody, sendBody } from "./next-delivery.ts";
import { type AfterFailure, itemFailed } from "./undelivered.ts";

/** What the deliverer needs of the agent. */
export interface DelivererHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  /** Something that can't happen has happened. */
  defect(error: unknown): void;
  readonly stopped: boolean;
  transaction<T>(run: (work: Work) => T): T;
  /** As `transaction`, together with what else is to be done now. */
  batch<T>(run: (work: Work) => T): Promise<T>;
}

interface Attempt extends NextDelivery {
  readonly settings: ProfileRecord;
  readonly send: SendBody;
}

const quick = { initialMs: 1_000, maxMs: 120_000 };
const slow = { initialMs: 60_000, maxMs: 3_600_000 };

/**
 * Sends what is in the outboxes: one item of a connection at a time, in order, tried until a relay has it.
 * Connections don't wait for each other.
 */
export class Deliverer {
  readonly #host: DelivererHost;
  readonly #running = new Map<ConnectionId, Lane>();
  /** Connections of which an item was encrypted, and is about to be sent. */
  readonly #ahead = new Set<ConnectionId>();

  constructor(host: DelivererHost) {
    this.#host = host;
  }

  /** There may be something to send for this connection. */
  poke(id: ConnectionId): void {
    if (this.#host.stopped) return;
    this.#ahead.delete(id);
    const lane = this.#running.get(id);
    if (lane !== undefined) {
      lane.again = true;
      // What was just committed shows that the store works again.
      if (lane.waitsForStore) lane.backoff.wake();
      return;
    }
    const backoff = new Backoff(this.#host.clock);
    const started: Lane = { again: false, onItsWay: undefined, waitsForStore: false, backoff };
    this.#running.set(id, started);
    this.#run(id, started).catch((error: unknown) => this.#host.defect(error));
  }

  /** Takes up what is in all outboxes. Most are empty: those are not looked at one by one. */
  takeUp(): void {
    for (const id of this.#host.transaction(withOutbox)) this.poke(id);
  }

  /**
   * Encrypts what can be sent at once, in the transaction that puts it into an outbox where nothing is being sent:
   * that saves one more transaction before it goes out.
   */
  prepareAhead(work: Work, id: ConnectionId): void {
    if (this.#running.has(id) || this.#ahead.has(id)) return;
    if (nextDelivery(work, id) !== undefined) this.#ahead.add(id);
  }

  /** What waits to be tried again is tried now: the peer's queue has room, or its relay is back. */
  retryNow(id: ConnectionId): void {
    this.#running.get(id)?.backoff.wake();
  }

  /** The item of a connection that is on its way to a relay now. */
  onItsWay(id: ConnectionId): OutboxItem | undefined {
    return this.#running.get(id)?.onItsWay;
  }

  /** Ends all waits. */
  retryAllNow(): void {
    for (const { backoff } of this.#running.values()) backoff.wake();
  }

  async #run(id: ConnectionId, lane: Lane): Promise<void> {
    const prepare = () => this.#host.transaction((work) => this.#prepare(work, id));
    try {
      let next = await this.#untilStored(lane, prepare);
      while (next !== undefined && !this.#host.stopped) {
        const current = next;
        lane.onItsWay = current.item;
        const result = await this.#send(current);
        if (this.#host.stopped) return;
        lane.again = false;
        // Only this is done again when the store fails: what is sent again takes room in the peer's queue.
        const after = await this.#untilStored(lane, () =>
          this.#host.batch((work) => this.#complete(work, current, result)),
        );
        if (this.#host.stopped) return;
        lane.onItsWay = undefined;
        if (after.wait !== undefined) {
          await lane.backoff.wait(after.wait === "retryLater" ? slow : quick);
          if (this.#host.stopped) return;
          next = await this.#untilStored(lane, prepare);
        } else {
          lane.backoff.reset();
          next = after.next;
        }
      }
    } finally {
      this.#running.delete(id);
      if (lane.again) this.poke(id);
    }
  }

  /** The result of a transaction, which is tried again while the store fails. @throws StoreError when the agent stops */
  async #untilStored<T>(lane: Lane, run: () => T | Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#host.defect(error);
        lane.waitsForStore = true;
        await lane.backoff.wait(storeWaits);
        lane.waitsForStore = false;
        if (this.#host.stopped) throw error;
      }
    }
  }

  #complete(
    work: Work,
    attempt: Attempt,
    result: boolean | RelayFault,
  ): { readonly next?: Attempt | undefined; readonly wait?: AfterFailure } {
    if (result instanceof RelayFault) {
      const wait = itemFailed(work, attempt, result);
      if (wait !== "next") return { wait };
    } else {
      itemDelivered(work, attempt, result);
    }
    return { next: this.#prepare(work, attempt.connection.id) };
  }

  #prepare(work: Work, id: ConnectionId): Attempt | undefined {
    const next = nextDelivery(work, id);
    if (next === undefined) return undefined;
    const settings = tables.profiles.get(work.transaction, next.connection.profile);
    if (settings === undefined) return undefined;
    return { ...next, settings, send: sendBody(work.random, next) };
  }

  async #send(attempt: Attempt): Promise<boolean | RelayFault> {
    const { item, queue, send } = attempt;
    const result = await this.#sendAs(attempt, send.target);
    // Refused although nobody signs a confirmation: the peer may have had it, and secured its queue with our key.
    const isRefused = result instanceof RelayFault && result.error?.type === "AUTH";
    if (!isRefused || item.kind !== "confirmation" || send.target.privateKey !== undefined) return result;
    return this.#sendAs(attempt, { ...send.target, privateKey: queue.authKey });
  }

  async #sendAs(
    { connection, queue, settings, send: { flags, body } }: Attempt,
    target: SendBody["target"],
  ): Promise<boolean | RelayFault> {
    const { network, random } = this.#host;
    try {
      const { proxied } = await sendRouted(
        { network, random, profile: connection.profile, settings },
        queue.relay,
        {
          directly: (client) => client.sendMessage(target, flags, body),
          throughProxy: (client, session) => client.sendThroughProxy(session, target, flags, body),
        },
      );
      return proxied;
    } catch (error) {
      if (error instanceof RelayFault) return error;
      throw error;
    }
  }
}

/** The connections that have something in their outbox. */
function withOutbox({ transaction }: Work): readonly ConnectionId[] {
  const found: ConnectionId[] = [];
  let [row] = tables.outbox.range(transaction, { limit: 1 });
  while (row !== undefined) {
    const { connection } = row.key;
    found.push(connection);
    const last: OutboxKey = { connection, order: "normal", sequence: Number.MAX_SAFE_INTEGER };
    [row] = tables.outbox.range(transaction, { after: last, limit: 1 });
  }
  return found;
}

interface Lane {
  again: boolean;
  waitsForStore: boolean;
  onItsWay: OutboxItem | undefined;
  readonly backoff: Backoff;
}
