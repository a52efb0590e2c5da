import type { SmpError } from "../../core/smp/error.ts";
import type { CorrelationId, EntityId } from "../../core/smp/ids.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import type { Relay } from "../relay.ts";
import type { Session } from "../session/session.ts";

/** What a handler knows besides the command: where it came from, and the relay it works on. */
export interface CommandContext {
  readonly relay: Relay;
  /** The connection that the command came over; of a proxied command, that of the proxy. */
  readonly session: Session;
  /** Protocol version of the command and its reply; of a proxied command, the client's. */
  readonly version: number;
  readonly correlationId: CorrelationId;
  readonly entityId: EntityId;
}

/** What a handler answers. */
export interface Outcome {
  /** The reply; absent when it comes later. */
  readonly reply: BrokerMessage | undefined;
  /** A message of the queue that goes out right after the reply. */
  readonly delivery?: BrokerMessage;
}

export function reply(message: BrokerMessage): Outcome {
  return { reply: message };
}

export function failure(error: SmpError): Outcome {
  return { reply: { type: "ERR", error } };
}

export const ok: Outcome = reply({ type: "OK" });
export const authError: Outcome = failure({ type: "AUTH" });
export const prohibited: Outcome = failure({ type: "CMD", error: "PROHIBITED" });
export const internalError: Outcome = failure({ type: "INTERNAL" });
