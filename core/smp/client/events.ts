import type { EntityId } from "../ids.ts";
import type { BrokerMessage } from "../message.ts";

/** The messages that a relay sends unasked. */
export type PushType = "MSG" | "END" | "DELD" | "NMSG" | "ENDS";

/** What a relay sent unasked, and the queue or service that it is about. */
export interface ServerEvent {
  readonly entityId: EntityId;
  readonly message: Extract<BrokerMessage, { readonly type: PushType }>;
}

/** Events that wait before reading from the relay stops, unless commands wait for answers: 128. */
export const eventQueueHigh = 128;

/** Events that wait before the connection is given up: 4,096, which is 64 MiB of messages. */
export const eventQueueMax = 4096;

/** The events of one connection, for one reader; those that wait are bounded by who fills it. */
export class EventQueue implements AsyncIterable<ServerEvent> {
  readonly #waiting: ServerEvent[] = [];
  readonly #taken: () => void;
  #next: ((result: IteratorResult<ServerEvent>) => void) | undefined;
  #ended = false;
  readonly #whenShort: (() => void)[] = [];

  /** @param taken is called each time an event was taken that had to wait */
  constructor(taken: () => void) {
    this.#taken = taken;
  }

  /** Events that wait. */
  get length(): number {
    return this.#waiting.length;
  }

  push(event: ServerEvent): void {
    if (this.#ended) return;
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined) this.#waiting.push(event);
    else next({ done: false, value: event });
  }

  /** Resolves when less than half of what makes reading stop waits, or no more events come. */
  whenShort(): Promise<void> {
    if (this.#ended || this.#waiting.length < eventQueueHigh / 2) return Promise.resolve();
    return new Promise((resolve) => this.#whenShort.push(resolve));
  }

  /** No more events come; those that wait can still be taken. */
  end(): void {
    this.#ended = true;
    this.#tellShort();
    this.#next?.({ done: true, value: undefined });
    this.#next = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<ServerEvent> {
    return { next: () => this.#take() };
  }

  #tellShort(): void {
    for (const resolve of this.#whenShort.splice(0)) resolve();
  }

  #take(): Promise<IteratorResult<ServerEvent>> {
    const event = this.#waiting.shift();
    if (event !== undefined) {
      this.#taken();
      if (this.#waiting.length < eventQueueHigh / 2) this.#tellShort();
      return Promise.resolve({ done: false, value: event });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#next = resolve;
    });
  }
}
