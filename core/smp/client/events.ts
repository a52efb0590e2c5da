import type { EntityId } from "../ids.ts";
import type { BrokerMessage } from "../message.ts";
import { ReaderQueue } from "./reader-queue.ts";

/** The messages that a relay sends unasked. ERR is of a queue: such as BLOCKED, when the operator blocks it. */
export type PushType = "MSG" | "END" | "DELD" | "NMSG" | "ENDS" | "ERR";

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
export class EventQueue extends ReaderQueue<ServerEvent> {
  readonly #whenShort: (() => void)[] = [];

  /** @param taken is called each time an event was taken that had to wait */
  constructor(taken: () => void) {
    super(() => {
      taken();
      if (this.length < eventQueueHigh / 2) this.#tellShort();
    });
  }

  /** Resolves when less than half of what makes reading stop waits, or no more events come. */
  whenShort(): Promise<void> {
    if (this.ended || this.length < eventQueueHigh / 2) return Promise.resolve();
    return new Promise((resolve) => this.#whenShort.push(resolve));
  }

  override end(): void {
    super.end();
    this.#tellShort();
  }

  #tellShort(): void {
    for (const resolve of this.#whenShort.splice(0)) resolve();
  }
}
