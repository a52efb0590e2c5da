import { encodeBatch, packBatches } from "../../core/smp/batch.ts";
import type { BlockLayer } from "../../core/smp/block.ts";
import type { Chunks } from "../../core/smp/chunks.ts";
import { encodeMessage, type TransmissionIds } from "../../core/smp/encode-transmission.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import type { SessionParameters } from "../../core/smp/transmission.ts";
import type { Transport } from "../../core/transport/transport.ts";

/** A message of the relay with what it is about. */
export interface Outgoing extends TransmissionIds {
  readonly message: BrokerMessage;
}

/**
 * What may share a block: replies with replies, events with events. A delivery takes nearly a whole block
 * and goes alone, or with the few replies it belongs to.
 */
export type OutgoingKind = "reply" | "event" | "alone";

interface Group {
  readonly kind: OutgoingKind;
  readonly items: Outgoing[];
}

/** Messages that may wait before the connection counts as congested. */
const waitingMax = 512;
/** Deliveries, of a block each, that may wait before that: 256 KB. */
const deliveriesMax = 16;

/** What an outbox needs of its connection and the relay. */
export interface OutboxOptions {
  readonly transport: Transport;
  readonly parameters: SessionParameters;
  readonly blocks: BlockLayer;
  /** Resolves when all that was stored so far survives a crash. */
  readonly durable: () => Promise<void> | undefined;
  /** Runs a callback when the tick is over. */
  readonly defer: (callback: () => void) => void;
  /** Nothing can be sent any more. */
  readonly onFailure: (error: unknown) => void;
  /** The connection can take deliveries again. */
  readonly onRelieved: () => void;
}

/**
 * What waits to be sent over one connection. Nothing leaves before what it tells of is durable; what came
 * together in a tick then leaves in as few blocks as possible, in order.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #groups: Group[] = [];
  #waiting = 0;
  #deliveries = 0;
  #flushing = false;
  #blocked: PromiseWithResolvers<void> | undefined;
  #wasCongested = false;
  #relieved: PromiseWithResolvers<void> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Whether a delivery should rather wait in its queue, and a command in its socket. */
  get congested(): boolean {
    const is = this.#waiting >= waitingMax || this.#deliveries >= deliveriesMax;
    this.#wasCongested ||= is;
    return is;
  }

  /** Whether the peer does not take what it is sent at present. */
  get blocked(): boolean {
    return this.#blocked !== undefined;
  }

  add(kind: OutgoingKind, ...items: Outgoing[]): void {
    const last = this.#groups.at(-1);
    if (kind !== "alone" && last?.kind === kind) last.items.push(...items);
    else this.#groups.push({ kind, items });
    this.#waiting += items.length;
    if (kind === "alone") this.#deliveries++;
    if (this.#flushing) return;
    this.#flushing = true;
    this.#options.defer(() => void this.#flush());
  }

  /** Resolves when the outbox is no longer congested. */
  relieved(): Promise<void> {
    this.#relieved ??= Promise.withResolvers<void>();
    return this.#relieved.promise;
  }

  /** The transport takes blocks again. */
  drained(): void {
    this.#blocked?.resolve();
    this.#blocked = undefined;
  }

  /** Drops what waits, and lets go whoever waits for it. */
  close(): void {
    this.#groups = [];
    this.drained();
    this.#relieved?.resolve();
  }

  async #flush(): Promise<void> {
    try {
      while (this.#groups.length > 0) {
        const groups = this.#groups;
        this.#groups = [];
        const durable = this.#options.durable();
        if (durable !== undefined) await durable;
        for (const group of groups) await this.#send(group);
      }
    } catch (error) {
      this.#options.onFailure(error);
    }
    this.#flushing = false;
  }

  async #send({ kind, items }: Group): Promise<void> {
    const { parameters } = this.#options;
    const encoded = items.map((item) => encodeMessage(parameters, item, item.message));
    for (const batch of packBatches(encoded)) {
      if (batch.type === "large") throw new RangeError("cannot send message: it is larger than a block");
      if (this.#blocked !== undefined) await this.#blocked.promise;
      this.#sendBlock(batch.transmissions);
    }
    this.#waiting -= items.length;
    if (kind === "alone") this.#deliveries--;
    if (!this.#wasCongested || this.congested) return;
    this.#wasCongested = false;
    this.#relieved?.resolve();
    this.#relieved = undefined;
    this.#options.onRelieved();
  }

  #sendBlock(transmissions: readonly Chunks[]): void {
    const { transport, blocks } = this.#options;
    const accepted = transport.send(blocks.seal(encodeBatch(transmissions)));
    if (!accepted) this.#blocked = Promise.withResolvers<void>();
  }
}
