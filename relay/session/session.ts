import { DecodeError } from "../../core/bytes/index.ts";
import { decodeCommands } from "../../core/smp/decode-transmission.ts";
import { noId } from "../../core/smp/ids.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import type { CommandTransmission, RejectedTransmission } from "../../core/smp/transmission.ts";
import { TransportError } from "../../core/transport/errors.ts";
import type { Transport } from "../../core/transport/transport.ts";
import { failure, type Outcome } from "../handlers/context.ts";
import { idOfKey } from "../id-key.ts";
import type { Relay } from "../relay.ts";
import type { Subscriber, Subscription } from "../subscriptions/subscription.ts";
import type { AgreedSession } from "./handshake.ts";
import { Outbox, type Outgoing } from "./outbox.ts";
import type { SessionSecrets } from "./secrets.ts";
import type { ClientService } from "./service.ts";
import { Slots } from "./slots.ts";
import { SessionVerifiers } from "./verifiers.ts";

/** Blocks that are read ahead of the one that is worked on, where the client can be made to wait. */
const readAheadMax = 4;
/**
 * The same for WebSocket, where some runtimes cannot make the client wait: what comes at once and does not fit
 * would end the connection. 8 MB, as long as all connections together stay within their bound.
 */
const readAheadMaxWebSocket = 512;
/** Commands of one block that are carried out before other connections get their turn. */
const commandsInARow = 32;
/** Replies to subscriptions that share their block with the first message, so that it comes at once. */
const repliesWithDeliveryMax = 4;

/**
 * One connection after its handshake: takes blocks apart, has each command carried out in order, and sends
 * the replies. It is also what queues and notifiers are subscribed to.
 */
export class Session implements Subscriber {
  readonly version: number;
  readonly sessionId: Uint8Array;
  readonly secrets: SessionSecrets;
  readonly verifiers = new SessionVerifiers();
  readonly dhSecret: Uint8Array | undefined;
  readonly service: ClientService | undefined;
  /** Where the client is (`networkOf` its address), for its limits; never logged. */
  readonly remoteAddress: string;
  readonly queues = new Map<string, Subscription>();
  readonly notifiers = new Set<string>();
  /** Queues or notifiers that its service subscribed to over this connection. */
  serviceCount = 0;
  /** Whether SUBS or NSUBS subscribed all of them. */
  serviceSubscribed = false;
  /** Notifications wait in the store until this connection can take them. */
  notificationsPending = false;
  /** For proxied commands that wait for another relay. */
  readonly proxied: Slots;
  /** When a command came last; milliseconds of the monotonic clock. */
  activeMs: number;

  readonly #relay: Relay;
  readonly #transport: Transport;
  readonly #blocks: AgreedSession["blocks"];
  readonly #outbox: Outbox;
  readonly #inbox: Uint8Array[] = [];
  readonly #pending = new Set<string>();
  #blockedSinceMs: number | undefined;
  #working = false;
  #closed = false;

  constructor(relay: Relay, transport: Transport, agreed: AgreedSession, remoteAddress: string) {
    this.version = agreed.version;
    this.sessionId = agreed.sessionId;
    this.secrets = agreed.secrets;
    this.dhSecret = agreed.dhSecret;
    this.service = agreed.service;
    this.remoteAddress = remoteAddress;
    this.proxied = new Slots(relay.limits.proxiedCommandsMax);
    this.activeMs = relay.clock.monotonicMs();
    this.#relay = relay;
    this.#transport = transport;
    this.#blocks = agreed.blocks;
    this.#outbox = new Outbox({
      transport,
      parameters: agreed,
      blocks: agreed.blocks,
      durable: () => relay.store.durable(),
      defer: relay.defer,
      onFailure: (error) =>
        this.close(new TransportError("closed", "cannot send: relay failed", { cause: error })),
      onRelieved: () => this.deliverWaiting(),
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether it receives from any queue or notifier: such a connection is not idle. */
  get subscribed(): boolean {
    return this.queues.size > 0 || this.notifiers.size > 0 || this.serviceSubscribed || this.serviceCount > 0;
  }

  /** Whether a message would only wait here; it had better wait in its queue. */
  get congested(): boolean {
    return this.#outbox.congested;
  }

  /** Milliseconds of the monotonic clock since when the client takes nothing, if it should. */
  get blockedSinceMs(): number | undefined {
    if (!this.#outbox.blocked) this.#blockedSinceMs = undefined;
    else this.#blockedSinceMs ??= this.#relay.clock.monotonicMs();
    return this.#blockedSinceMs;
  }

  /** Begins to receive. */
  start(): void {
    this.#transport.receive({
      block: (block) => this.#take(block),
      drained: () => {
        this.#blockedSinceMs = undefined;
        this.#outbox.drained();
      },
      closed: () => this.close(),
    });
  }

  /** Sends what the client did not ask for. */
  push(entityId: Uint8Array, message: BrokerMessage): void {
    if (this.#closed) return;
    const kind = message.type === "MSG" ? "alone" : "event";
    this.#outbox.add(kind, { correlationId: noId, entityId, message });
  }

  /** Sends a reply that took its time. */
  reply(correlationId: Uint8Array, entityId: Uint8Array, message: BrokerMessage): void {
    if (!this.#closed) this.#outbox.add("reply", { correlationId, entityId, message });
  }

  /** Notes that a queue has a message for this connection when it can take one. @param id key of the queue */
  deliverLater(id: string, subscription: Subscription): void {
    subscription.pending = true;
    this.#pending.add(id);
  }

  /** Delivers what waits, as far as the connection can take it. */
  deliverWaiting(): void {
    void this.#deliverPending();
  }

  close(reason?: TransportError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transport.close(reason);
    this.#outbox.close();
    this.#relay.blocksWaiting -= this.#inbox.length;
    this.#inbox.length = 0;
    this.#pending.clear();
    this.#relay.left(this);
  }

  get #readAheadMax(): number {
    const mayWait = this.#transport.door === "websocket" && this.#relay.hasRoomForBlocks;
    return mayWait ? readAheadMaxWebSocket : readAheadMax;
  }

  #nextBlock(): Uint8Array | undefined {
    const block = this.#inbox.shift();
    if (block !== undefined) this.#relay.blocksWaiting--;
    return block;
  }

  #take(block: Uint8Array): void {
    this.activeMs = this.#relay.clock.monotonicMs();
    this.#inbox.push(block);
    this.#relay.blocksWaiting++;
    if (this.#inbox.length >= this.#readAheadMax) this.#transport.pause();
    if (this.#working) return;
    this.#working = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    try {
      for (let block = this.#nextBlock(); block !== undefined; block = this.#nextBlock()) {
        await this.#process(block);
        if (this.#closed) return;
        if (this.#outbox.congested) await this.#outbox.relieved();
        if (this.#inbox.length > 0) await this.#relay.nextTick();
        else this.#transport.resume();
      }
    } catch (error) {
      this.#relay.report(error);
      this.close(new TransportError("closed", "cannot serve client: relay failed"));
    } finally {
      this.#working = false;
    }
  }

  async #process(block: Uint8Array): Promise<void> {
    const transmissions = this.#open(block);
    if (transmissions === undefined) return;
    const replies: Outgoing[] = [];
    const deliveries: Outgoing[] = [];
    let count = 0;
    for (const transmission of transmissions) {
      const { correlationId, entityId } = transmission;
      const { reply, delivery } = await this.#carryOut(transmission);
      if (reply !== undefined) replies.push({ correlationId, entityId, message: reply });
      if (delivery !== undefined) deliveries.push({ correlationId: noId, entityId, message: delivery });
      if (++count % commandsInARow === 0) await this.#relay.nextTick();
      if (this.#closed) {
        // What was subscribed to while the connection ended would be of nobody, and be given what comes.
        this.#relay.subscriptions.left(this);
        return;
      }
    }
    this.#send(replies, deliveries);
  }

  /** The commands in a block; a block that is none is the end, as the next one could not be read either. */
  #open(block: Uint8Array): readonly (CommandTransmission | RejectedTransmission)[] | undefined {
    try {
      return decodeCommands(this, this.#blocks.open(block));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.reply(noId, noId, { type: "ERR", error: { type: "BLOCK" } });
      this.#relay.defer(() => this.close());
      return undefined;
    }
  }

  #carryOut(transmission: CommandTransmission | RejectedTransmission): Promise<Outcome> | Outcome {
    if (transmission.type === "rejected") return failure(transmission.error);
    return this.#relay.carryOut(this, transmission);
  }

  #send(replies: readonly Outgoing[], deliveries: readonly Outgoing[]): void {
    const [first, ...others] = deliveries;
    if (first !== undefined && replies.length <= repliesWithDeliveryMax) {
      this.#outbox.add("alone", ...replies, first);
    } else {
      if (replies.length > 0) this.#outbox.add("reply", ...replies);
      if (first !== undefined) this.#outbox.add("alone", first);
    }
    for (const delivery of others) this.#outbox.add("alone", delivery);
  }

  async #deliverPending(): Promise<void> {
    try {
      for (const id of this.#pending) {
        if (this.congested || this.#closed) return;
        this.#pending.delete(id);
        const subscription = this.queues.get(id);
        if (subscription === undefined) continue;
        subscription.pending = false;
        await this.#relay.deliverFirst(this, idOfKey(id), subscription);
      }
      if (this.notificationsPending && !this.#closed) await this.#relay.deliverNotifications(this);
    } catch (error) {
      this.#relay.report(error);
    }
  }
}
