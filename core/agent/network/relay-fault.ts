import { EncodeError } from "../../bytes/index.ts";
import { UnexpectedResponseError } from "../../smp/client/errors.ts";
import type { SmpError } from "../../smp/error.ts";
import { ProtocolError } from "../../smp/errors.ts";
import { TransportError, type TransportErrorCode } from "../../transport/errors.ts";
import type { AgentFaultCode } from "../api.ts";
import { AgentError } from "../errors.ts";

interface FaultKind {
  /** Trying again later may help. */
  readonly temporary: boolean;
  /** The relay itself can't be reached or used, so that another way to it may help. */
  readonly host: boolean;
  /** What the relay answered with, if it answered. */
  readonly error?: SmpError | undefined;
}

/** A command that a relay did not carry out. */
export class RelayFault extends AgentError {
  readonly temporary: boolean;
  readonly host: boolean;
  readonly error: SmpError | undefined;

  constructor(
    code: AgentFaultCode,
    detail: string,
    { temporary, host, error }: FaultKind,
    options?: ErrorOptions,
  ) {
    super(code, detail, options);
    this.temporary = temporary;
    this.host = host;
    this.error = error;
  }
}

/** The fault behind an error of the SMP client; an error that is none of its own is thrown on. */
export function relayFault(error: unknown, relay: string): RelayFault {
  if (error instanceof RelayFault) return error;
  if (error instanceof TransportError) {
    const { temporary, host } = { temporary: error.retryable, host: true };
    return new RelayFault(transportCode(error.code), relay, { temporary, host }, { cause: error });
  }
  if (error instanceof ProtocolError) return protocolFault(error, relay);
  if (error instanceof UnexpectedResponseError) {
    return new RelayFault(
      "SMP",
      `unexpected answer of ${relay}`,
      { temporary: false, host: false },
      { cause: error },
    );
  }
  if (error instanceof EncodeError)
    return new RelayFault("CMD LARGE", relay, { temporary: false, host: false }, { cause: error });
  throw error;
}

function protocolFault(cause: ProtocolError, relay: string): RelayFault {
  const { error, retryable } = cause;
  const proxied = error.type === "PROXY" ? error.error : undefined;
  const inner = proxied?.type === "PROTOCOL" ? proxied.error : error;
  const host = proxied?.type === "BROKER" || proxied?.type === "NO_SESSION";
  return new RelayFault(
    host ? "BROKER NETWORK" : protocolCode(inner),
    `${relay}: ${cause.code}`,
    { temporary: retryable, host, error: inner },
    { cause },
  );
}

function protocolCode({ type }: SmpError): AgentFaultCode {
  switch (type) {
    case "AUTH":
      return "SMP AUTH";
    case "QUOTA":
      return "SMP QUOTA";
    case "BLOCKED":
      return "SMP BLOCKED";
    case "PROXY":
      return "PROXY";
    default:
      return "SMP";
  }
}

function transportCode(code: TransportErrorCode): AgentFaultCode {
  switch (code) {
    case "timeout":
      return "BROKER TIMEOUT";
    case "version":
      return "BROKER VERSION";
    case "identity":
    case "certificate":
    case "session-id":
    case "handshake":
      return "BROKER IDENTITY";
    case "wrong-door":
      return "BROKER HOST";
    default:
      return "BROKER NETWORK";
  }
}
