import type { TransportError } from "./errors.ts";
import type { TransportHandler } from "./transport.ts";

/** The receiving half that all transports share: keeps order over pauses, changes of handler, and the end. */
export class Inbox {
  readonly #queue: Uint8Array[] = [];
  #handler: TransportHandler | undefined;
  #paused = false;
  #delivering = false;
  #end: TransportError | undefined;
  #told = false;

  /** Blocks that wait for the handler. */
  get length(): number {
    return this.#queue.length;
  }

  /** Whether a block would be delivered at once. */
  get open(): boolean {
    return this.#handler !== undefined && !this.#paused;
  }

  /** Whether nothing more is taken. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Takes a block from the wire; ignored after the end. */
  push(block: Uint8Array): void {
    if (this.#end !== undefined) return;
    this.#queue.push(block);
    this.#deliver();
  }

  receive(handler: TransportHandler): void {
    this.#handler = handler;
    this.#paused = false;
    this.#told = false;
    this.#deliver();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  drained(): void {
    if (!this.#told) this.#handler?.drained?.();
  }

  /** Nothing more comes; what is queued is still delivered unless `discard`. The first reason stays. */
  end(reason: TransportError, discard = false): void {
    if (discard) this.#queue.length = 0;
    this.#end ??= reason;
    // Who waits for the send queue before taking more blocks would wait for ever.
    if (this.#queue.length > 0) this.drained();
    this.#deliver();
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.open) {
        const block = this.#queue.shift();
        if (block === undefined) break;
        this.#handler?.block(block);
      }
    } finally {
      this.#delivering = false;
    }
    if (this.#end === undefined || this.#told || this.#handler === undefined || this.#queue.length > 0)
      return;
    this.#told = true;
    this.#handler.closed(this.#end);
  }
}
