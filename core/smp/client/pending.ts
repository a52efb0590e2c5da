import { latin1Decode } from "../../bytes/index.ts";
import type { Cancel, Clock } from "../../clock/clock.ts";
import { TransportError } from "../../transport/errors.ts";
import type { CorrelationId, EntityId } from "../ids.ts";
import type { BrokerMessage } from "../message.ts";

/** What has to be known of a command to take its answer. */
export interface AskedCommand {
  readonly correlationId: CorrelationId;
  readonly entityId: EntityId;
  readonly timeoutMs: number;
  /** Whether a message that comes as the answer goes to the events too. */
  readonly deliversMessage: boolean;
}

/** A command that waits for its answer. */
export interface PendingCommand extends AskedCommand {
  /** When it was asked, in milliseconds of the monotonic clock. */
  readonly startMs: number;
  readonly resolve: (message: BrokerMessage) => void;
  readonly reject: (error: Error) => void;
}

/** A relay that goes on talking but leaves a command unanswered gets this many times the time-out. */
const patience = 8;

/**
 * The commands in flight, by correlation id. A command times out when the relay has been silent for its time-out
 * since it was asked; one timer serves them all, so ten thousand subscriptions are no ten thousand timers.
 */
export class PendingCommands {
  readonly #byId = new Map<string, PendingCommand>();
  readonly #clock: Clock;
  readonly #onTimeout: () => void;
  #lastReceivedMs: number;
  #cancel: Cancel | undefined;

  /** @param onTimeout is called once for each time that commands timed out */
  constructor(clock: Clock, onTimeout: () => void) {
    this.#clock = clock;
    this.#onTimeout = onTimeout;
    this.#lastReceivedMs = clock.monotonicMs();
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The answer of the relay to a command. */
  add(command: AskedCommand): Promise<BrokerMessage> {
    return new Promise((resolve, reject) => {
      const startMs = this.#clock.monotonicMs();
      this.#byId.set(latin1Decode(command.correlationId), { ...command, startMs, resolve, reject });
      if (this.#cancel === undefined) this.#schedule(command.timeoutMs);
    });
  }

  /** Takes the command out that an answer is for; undefined when there is none. */
  take(correlationId: CorrelationId): PendingCommand | undefined {
    const key = latin1Decode(correlationId);
    const found = this.#byId.get(key);
    this.#byId.delete(key);
    return found;
  }

  /** The relay gave a sign of life. */
  received(): void {
    this.#lastReceivedMs = this.#clock.monotonicMs();
  }

  /** Fails all that is in flight. */
  fail(error: Error): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const commands = [...this.#byId.values()];
    this.#byId.clear();
    for (const { reject } of commands) reject(error);
  }

  #dueMs({ startMs, timeoutMs }: PendingCommand): number {
    const latestMs = startMs + patience * timeoutMs;
    return Math.min(Math.max(startMs, this.#lastReceivedMs) + timeoutMs, latestMs);
  }

  #schedule(delayMs: number): void {
    this.#cancel = this.#clock.after(delayMs, () => {
      this.#cancel = undefined;
      this.#expire();
    });
  }

  #expire(): void {
    const nowMs = this.#clock.monotonicMs();
    const expired: PendingCommand[] = [];
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [key, command] of this.#byId) {
      const dueMs = this.#dueMs(command);
      if (dueMs > nowMs) {
        nextMs = Math.min(nextMs, dueMs);
      } else {
        this.#byId.delete(key);
        expired.push(command);
      }
    }
    if (this.#byId.size > 0) this.#schedule(nextMs - nowMs);
    for (const { reject, timeoutMs } of expired) {
      reject(new TransportError("timeout", `cannot get an answer: relay is silent for ${timeoutMs} ms`));
    }
    if (expired.length > 0) this.#onTimeout();
  }
}
