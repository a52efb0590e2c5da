import type { Clock } from "../../clock/clock.ts";
import type { RelayAddress } from "../../smp/address.ts";
import type { ServerEvent } from "../../smp/client/events.ts";
import { ProtocolError } from "../../smp/errors.ts";
import type { MessageId } from "../../smp/ids.ts";
import { StoreError } from "../../store/errors.ts";
import type { ProfileId } from "../api.ts";
import type { Network } from "../network/network.ts";
import { RelayFault, relayFault } from "../network/relay-fault.ts";
import type { OwnQueue } from "../relay-subscriptions.ts";
import { relayKey } from "../state/codecs.ts";
import type { Work } from "../state/work.ts";
import type { Subscriptions } from "../subscriptions.ts";
import { storeWaits } from "../tasks/backoff.ts";
import { EarlyMessages } from "./early-messages.ts";
import { type ReceiveResult, receiveDelivery } from "./receive-delivery.ts";

/** What the receiver needs of the agent. */
export interface ReceiverHost {
  readonly clock: Clock;
  readonly network: Network;
  readonly stopped: boolean;
  transaction<T>(run: (work: Work) => T): T;
  /** As `transaction`, together with what else is to be done now. */
  batch<T>(run: (work: Work) => T): Promise<T>;
  /** Another client subscribed to a queue, or the relay deleted it. */
  ended(queue: OwnQueue, deleted: boolean): void;
  /** The relay refuses a queue; its subscription may be served again. */
  refused(queue: OwnQueue, fault: RelayFault): void;
  /** Something that can't happen has happened. */
  defect(error: unknown): void;
}

/** A queue whose message was not acknowledged is subscribed anew after so long, in milliseconds. */
const renewMs = 1_000;

/** Takes what relays send: a message is committed, and only then acknowledged. */
export class Receiver {
  readonly #host: ReceiverHost;
  readonly #subscriptions: Subscriptions;
  readonly #early: EarlyMessages;

  constructor(host: ReceiverHost, subscriptions: Subscriptions) {
    this.#host = host;
    this.#subscriptions = subscriptions;
    this.#early = new EarlyMessages(host.clock, (queue, messageId, body) =>
      this.#take(queue, messageId, body, false),
    );
  }

  /** A relay sent something that was not asked for. */
  received(profile: ProfileId, relay: RelayAddress, { entityId, message }: ServerEvent): void {
    const own = this.#subscriptions.find(profile, relay, entityId);
    if (own === undefined) return;
    if (message.type === "MSG") {
      this.#take(own, message.messageId, message.body, true);
    } else if (message.type === "END" || message.type === "DELD") {
      const deleted = message.type === "DELD";
      if (deleted) this.#subscriptions.lost(profile, relay, entityId);
      else if (!this.#subscriptions.taken(profile, relay, entityId)) return;
      this.#host.ended(own, deleted);
    } else if (message.type === "ERR") {
      this.#host.refused(own, relayFault(new ProtocolError("receive", message.error), relayKey(relay)));
    }
  }

  stop(): void {
    this.#early.stop();
  }

  /** Takes a message from a relay, then those that came too early and waited for it. */
  #take(own: OwnQueue, messageId: MessageId, body: Uint8Array, mayWait: boolean): void {
    this.#host
      .batch((work) => receive(work, own, messageId, body, mayWait))
      .then((result) => {
        if (result === undefined || this.#host.stopped) return;
        if (result === "wait") {
          this.#early.keep(own, messageId, body);
          return;
        }
        this.#acknowledge(own, messageId);
        this.#early.tryAgain(own, (early, id, waiting) => this.#take(early, id, waiting, true));
      })
      .catch((error: unknown) => {
        this.#host.defect(error);
        // A message that the store had no room for is at the relay still: it comes again with a new subscription.
        if (error instanceof StoreError) this.#subscriptions.renew(own, storeWaits.initialMs);
      });
  }

  /**
   * A relay delivers nothing more before it has this. When the acknowledgement fails, the queue is subscribed
   * anew: then the relay delivers the message again, which is known by now.
   */
  #acknowledge(own: OwnQueue, messageId: MessageId): void {
    const { relay, recipientId, authKey } = own.queue;
    this.#host.network
      .withSession(own.profile, relay, (client) =>
        client.acknowledge({ recipientId, privateKey: authKey }, messageId),
      )
      .catch((error: unknown) => {
        if (!(error instanceof RelayFault)) this.#host.defect(error);
        else if (error.error?.type !== "NO_MSG") this.#subscriptions.renew(own, renewMs);
      });
  }
}

/** Undefined when the message is for nothing that we still have. */
function receive(
  work: Work,
  { connection: id, queueId }: OwnQueue,
  messageId: MessageId,
  body: Uint8Array,
  mayWait: boolean,
): ReceiveResult | undefined {
  const connection = work.find(id);
  const queue = connection?.receive.find((one) => one.id === queueId);
  if (connection === undefined || queue === undefined || connection.deleting === "now") return undefined;
  const replacing = connection.receive.some(
    ({ id: other, switching }) =>
      other === queue.replaces && switching !== "received" && switching !== "ended",
  );
  return receiveDelivery(work, connection, queue, messageId, body, mayWait && replacing);
}
