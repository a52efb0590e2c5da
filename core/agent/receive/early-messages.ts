import type { Cancel, Clock } from "../../clock/clock.ts";
import type { MessageId } from "../../smp/ids.ts";
import type { ConnectionId } from "../api.ts";
import type { OwnQueue } from "../relay-subscriptions.ts";

/** Takes a message as if it had just come. */
export type TakeMessage = (queue: OwnQueue, messageId: MessageId, body: Uint8Array) => void;

interface Waiting {
  readonly queue: OwnQueue;
  readonly messageId: MessageId;
  readonly body: Uint8Array;
  readonly cancel: Cancel;
}

/** How long a message over a new queue waits for those before it, which come over the old one, in milliseconds. */
const patienceMs = 600_000;

/**
 * While a queue is being replaced, two relays deliver at the same time, and in no common order. A message that
 * came too early stays unacknowledged, so at its relay too, until those before it have come.
 */
export class EarlyMessages {
  readonly #clock: Clock;
  readonly #give: TakeMessage;
  readonly #waiting = new Map<ConnectionId, Waiting>();
  /** The queue of a connection for whose messages it was waited long enough: nothing has come over another one since. */
  readonly #overdue = new Map<ConnectionId, number>();

  /** @param give takes a message that has waited long enough, whatever may be missing before it */
  constructor(clock: Clock, give: TakeMessage) {
    this.#clock = clock;
    this.#give = give;
  }

  /** Keeps a message: one for a connection, as relays deliver no second one before the first is acknowledged. */
  keep(queue: OwnQueue, messageId: MessageId, body: Uint8Array): void {
    this.#take(queue.connection);
    if (this.#overdue.get(queue.connection) === queue.queueId) {
      this.#give(queue, messageId, body);
      return;
    }
    const cancel = this.#clock.after(patienceMs, () => {
      this.#take(queue.connection);
      this.#overdue.set(queue.connection, queue.queueId);
      this.#give(queue, messageId, body);
    });
    this.#waiting.set(queue.connection, { queue, messageId, body, cancel });
  }

  /** A message of a connection was taken: gives the one that waits once more. */
  tryAgain({ connection, queueId }: OwnQueue, give: TakeMessage): void {
    if (this.#overdue.get(connection) !== queueId) this.#overdue.delete(connection);
    const waiting = this.#take(connection);
    if (waiting !== undefined) give(waiting.queue, waiting.messageId, waiting.body);
  }

  stop(): void {
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
    this.#overdue.clear();
  }

  #take(connection: ConnectionId): Waiting | undefined {
    const waiting = this.#waiting.get(connection);
    waiting?.cancel();
    this.#waiting.delete(connection);
    return waiting;
  }
}
