import type { Command } from "./command.ts";
import type { SmpError } from "./error.ts";
import type { CorrelationId, EntityId, SessionId } from "./ids.ts";
import type { BrokerMessage } from "./message.ts";

/** What the form of transmissions depends on. */
export interface SessionParameters {
  readonly version: number;
  readonly sessionId: SessionId;
}

/** How a transmission proves that its sender may give the command. */
export type Authorization =
  | {
      readonly type: "signature";
      readonly algorithm: "Ed25519" | "Ed448";
      /** 64 or 114 bytes. */
      readonly signature: Uint8Array;
    }
  | {
      readonly type: "authenticator";
      /** 80 bytes. */
      readonly authenticator: Uint8Array;
    };

/** A command that a relay received, in proper form; its authorization is still to be verified. */
export interface CommandTransmission {
  readonly type: "command";
  readonly correlationId: CorrelationId;
  readonly entityId: EntityId;
  readonly command: Command;
  readonly authorization: Authorization | undefined;
  /** Ed25519 signature with the session key of a client service: 64 bytes. */
  readonly serviceSignature: Uint8Array | undefined;
  /** What is authorised; empty without an authorization. */
  readonly authorized: Uint8Array;
}

/** A message that a client received, in proper form. */
export interface MessageTransmission {
  readonly type: "message";
  readonly correlationId: CorrelationId;
  readonly entityId: EntityId;
  readonly message: BrokerMessage;
}

/** A transmission that is not in proper form, and the error to answer it with. */
export interface RejectedTransmission {
  readonly type: "rejected";
  readonly correlationId: CorrelationId;
  readonly entityId: EntityId;
  readonly error: SmpError;
}
