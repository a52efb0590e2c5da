import { DecodeError, EncodeError, equalBytes } from "../../bytes/index.ts";
import type { Cancel } from "../../clock/clock.ts";
import { TransportError } from "../../transport/errors.ts";
import type { Transport } from "../../transport/transport.ts";
import type { Authorizer } from "../authorization.ts";
import { encodeBatch, packBatches } from "../batch.ts";
import type { Chunks } from "../chunks.ts";
import type { Command } from "../command.ts";
import { decodeMessages } from "../decode-transmission.ts";
import { encodeCommand } from "../encode-transmission.ts";
import { ProtocolError } from "../errors.ts";
import { type CorrelationId, type EntityId, noId } from "../ids.ts";
import { idLength } from "../limits.ts";
import type { BrokerMessage } from "../message.ts";
import type { MessageTransmission, RejectedTransmission } from "../transmission.ts";
import { UnexpectedResponseError } from "./errors.ts";
import { EventQueue, eventQueueHigh, eventQueueMax, type PushType, type ServerEvent } from "./events.ts";
import type { ClientSession } from "./handshake.ts";
import { type ClientOptions, defaultTimeouts, type Timeouts } from "./options.ts";
import { PendingCommands } from "./pending.ts";

/** A command as it is asked. */
export interface Request {
  readonly command: Command;
  /** The queue, link, service or session that it is about; none unless said otherwise. */
  readonly entityId?: EntityId;
  /** Without it the command goes unauthorised. */
  readonly authorize?: Authorizer | undefined;
  /** 24 bytes that are used once; random ones unless said otherwise. */
  readonly correlationId?: CorrelationId;
  readonly timeoutMs?: number;
  /** Whether a message that comes as the answer goes to the events too. */
  readonly deliversMessage?: boolean;
}

/** Commands that time out one after another, without a sign of life between, before the connection is given up. */
const silentTimeoutsMax = 3;

const pushTypes: ReadonlySet<string> = new Set<Exclude<PushType, "ERR">>([
  "MSG",
  "END",
  "DELD",
  "NMSG",
  "ENDS",
]);

/**
 * Commands and answers over one connection after its handshake. Commands asked at the same time go out together in
 * as few blocks as possible; answers are told by correlation id, in whatever order they come; what a relay
 * sends unasked goes to `events`.
 */
export class Channel {
  readonly session: ClientSession;
  readonly events: EventQueue;
  readonly closed: Promise<TransportError>;
  readonly #transport: Transport;
  readonly #options: ClientOptions;
  readonly #timeouts: Timeouts;
  readonly #pending: PendingCommands;
  readonly #markClosed: (reason: TransportError) => void;
  readonly #outgoing: Chunks[] = [];
  #flushing = false;
  #held = false;
  #paused = false;
  #silentTimeouts = 0;
  #lastReceivedMs: number;
  #reason: TransportError | undefined;
  #keepAlive: Cancel | undefined;

  constructor(transport: Transport, session: ClientSession, options: ClientOptions) {
    const { promise, resolve } = Promise.withResolvers<TransportError>();
    this.closed = promise;
    this.#markClosed = resolve;
    this.session = session;
    this.#transport = transport;
    this.#options = options;
    this.#lastReceivedMs = options.clock.monotonicMs();
    this.#timeouts = options.timeouts ?? defaultTimeouts;
    this.#pending = new PendingCommands(options.clock, () => this.#timedOut());
    this.events = new EventQueue(() => this.#followEvents());
    this.#keepAliveAfter(this.#timeouts.pingIntervalMs);
    transport.receive({
      block: (block) => this.#take(block),
      drained: () => {
        this.#held = false;
        this.#flush();
      },
      closed: (reason) => this.#end(reason),
    });
  }

  /** Why the connection ended; undefined while it has not. */
  get reason(): TransportError | undefined {
    return this.#reason;
  }

  /** Commands that wait for their answers. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /**
   * Sends a command with the next blocks. Byte strings in it must not change until it is answered.
   * @returns the answer, whatever it is: errors too
   * @throws TransportError when there is no answer in time, or the connection ends
   * @throws EncodeError when the command does not fit into a block, or a value not into its encoding
   */
  async request(request: Request): Promise<BrokerMessage> {
    if (this.#reason !== undefined) throw this.#reason;
    const { command, entityId = noId, authorize, deliversMessage = false } = request;
    const correlationId = request.correlationId ?? this.#options.random(idLength);
    const encoded = encodeCommand(this.session, { correlationId, entityId }, command, authorize);
    requireFits(encoded);
    const timeoutMs = request.timeoutMs ?? this.#timeouts.commandMs;
    const answer = this.#pending.add({ correlationId, entityId, timeoutMs, deliversMessage });
    this.#outgoing.push(encoded);
    this.#flushSoon();
    this.#followEvents();
    return answer;
  }

  /** Ends the connection; commands in flight fail. */
  close(reason = new TransportError("closed", "connection is closed")): void {
    this.#transport.close(reason.code === "closed" ? undefined : reason);
    this.#end(reason);
  }

  /** Waits for what else is asked in this turn, so that it goes into the same block. */
  #flushSoon(): void {
    if (this.#flushing || this.#held) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#held || this.#outgoing.length === 0 || this.#reason !== undefined) return;
    const batches = packBatches(this.#outgoing);
    this.#outgoing.length = 0;
    for (const batch of batches) {
      // A transmission that is too long on its own was refused by `requireFits`.
      const transmissions = batch.type === "batch" ? batch.transmissions : [batch.transmission];
      if (this.#held) this.#outgoing.push(...transmissions);
      else this.#held = !this.#transport.send(this.session.blocks.seal(encodeBatch(transmissions)));
    }
  }

  #take(block: Uint8Array): void {
    this.#pending.received();
    this.#silentTimeouts = 0;
    this.#lastReceivedMs = this.#options.clock.monotonicMs();
    try {
      const content = this.session.blocks.open(block);
      for (const transmission of decodeMessages(this.session, content)) this.#dispatch(transmission);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.close(new TransportError("block", `cannot read block: ${error.message}`, { cause: error }));
    }
    this.#followEvents();
  }

  #dispatch(transmission: MessageTransmission | RejectedTransmission): void {
    if (transmission.type === "rejected") {
      this.#dispatchRejected(transmission);
      return;
    }
    const { correlationId, entityId, message } = transmission;
    const pending = correlationId.length === 0 ? undefined : this.#pending.take(correlationId);
    if (pending === undefined) {
      // Unasked, or too late for who asked; a message is not to be lost, other answers mean nothing any more.
      if (isPush(message)) this.#push({ entityId, message });
      else if (message.type === "ERR" && correlationId.length === 0) this.#takeError(entityId, message);
      return;
    }
    if (pending.deliversMessage && message.type === "MSG") this.#push({ entityId, message });
    if (equalBytes(entityId, pending.entityId) || message.type === "ERR" || pending.entityId.length === 0) {
      pending.resolve(message);
    } else {
      pending.reject(new UnexpectedResponseError(`${message.type} for another entity`));
    }
  }

  /** Of a queue, or of a block: the relay could not tell which commands were in it, and will answer none of them. */
  #takeError(entityId: EntityId, message: Extract<BrokerMessage, { type: "ERR" }>): void {
    if (entityId.length > 0) {
      this.#push({ entityId, message });
      return;
    }
    const { error } = message;
    const cause = new ProtocolError("send block", error);
    this.close(
      new TransportError("block", `cannot go on: relay refused a block with ${cause.code}`, { cause }),
    );
  }

  /** An answer that can't be read fails its command; what can't be told to be one ends the session. */
  #dispatchRejected({ correlationId, error }: RejectedTransmission): void {
    const pending = correlationId.length === 0 ? undefined : this.#pending.take(correlationId);
    if (pending !== undefined) pending.reject(new UnexpectedResponseError("malformed"));
    else if (correlationId.length === 0) {
      this.close(new TransportError("block", `cannot read block: ${error.type} of a transmission is wrong`));
    }
  }

  #push(event: ServerEvent): void {
    this.events.push(event);
    if (this.events.length > eventQueueMax) {
      this.close(new TransportError("slow-reader", "more events wait than can be held"));
    }
  }

  /**
   * Stops reading while many events wait. Not so while commands are in flight: who reads the events may be the one
   * who waits for the answer, and would never come to take them.
   */
  #followEvents(): void {
    const pause = this.events.length > eventQueueHigh && this.#pending.size === 0;
    if (pause === this.#paused || this.#reason !== undefined) return;
    this.#paused = pause;
    if (pause) this.#transport.pause();
    else this.#transport.resume();
  }

  #timedOut(): void {
    this.#silentTimeouts++;
    if (this.#silentTimeouts < silentTimeoutsMax) return;
    this.close(new TransportError("timeout", "relay does not answer"));
  }

  /** Asks for a sign of life when nothing came for long; without one the connection is given up. */
  #keepAliveAfter(delayMs: number): void {
    const { clock } = this.#options;
    this.#keepAlive = clock.after(delayMs, () => {
      const leftMs = this.#lastReceivedMs + this.#timeouts.pingIntervalMs - clock.monotonicMs();
      if (leftMs <= 0) {
        const unanswered = () => this.close(new TransportError("timeout", "relay does not answer"));
        this.request({ command: { type: "PING" } }).catch(unanswered);
      }
      this.#keepAliveAfter(leftMs > 0 ? leftMs : this.#timeouts.pingIntervalMs);
    });
  }

  #end(reason: TransportError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#keepAlive?.();
    this.#outgoing.length = 0;
    this.#pending.fail(reason);
    this.events.end();
    this.#markClosed(reason);
  }
}

function requireFits(encoded: Chunks): void {
  const [batch] = packBatches([encoded]);
  if (batch?.type !== "batch")
    throw new EncodeError("command", `${encoded.length} bytes don't fit into a block`);
}

/** Whether it is one that is no answer to any command. */
function isPush(message: BrokerMessage): message is Exclude<ServerEvent["message"], { type: "ERR" }> {
  return pushTypes.has(message.type);
}
