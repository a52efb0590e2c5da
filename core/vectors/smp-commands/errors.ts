import type {
  BrokerError,
  CommandError,
  HandshakeError,
  NetworkError,
  ProxyError,
  SmpError,
  TransportError,
} from "../../smp/error.ts";
import { integer, object, oneOf, optional, text } from "../vectors.ts";

export function readError(value: unknown): SmpError {
  const error = object(value);
  const type = text(error["type"]);
  switch (type) {
    case "CMD":
      return { type, error: text(object(error["cmdErr"])["type"]) as CommandError };
    case "PROXY":
      return { type, error: readProxyError(error["proxyErr"]) };
    case "STORE":
      return { type, text: text(error["storeErr"]) };
    case "BLOCKED": {
      const info = object(error["blockInfo"]);
      return {
        type,
        reason: oneOf(info["reason"], "spam", "content"),
        notice: optional(info["notice"], (notice) => ({ ttl: optional(object(notice)["ttl"], integer) })),
      };
    }
    default:
      return { type } as SmpError;
  }
}

function readProxyError(value: unknown): ProxyError {
  const error = object(value);
  const type = text(error["type"]);
  if (type === "PROTOCOL") return { type, error: readError(error["protocolErr"]) };
  if (type === "BROKER") return { type, error: readBrokerError(error["brokerErr"]) };
  return { type } as ProxyError;
}

function readBrokerError(value: unknown): BrokerError {
  const error = object(value);
  const type = text(error["type"]);
  switch (type) {
    case "RESPONSE":
    case "UNEXPECTED":
      return { type, text: text(error["respErr"]) };
    case "NETWORK":
      return { type, error: readNetworkError(error["networkError"]) };
    case "TRANSPORT":
      return { type, error: readTransportError(error["transportErr"]) };
    default:
      return { type } as BrokerError;
  }
}

function readNetworkError(value: unknown): NetworkError {
  const error = object(value);
  switch (text(error["type"])) {
    case "connectError":
      return { type: "CONNECT", text: text(error["connectError"]) };
    case "tLSError":
      return { type: "TLS", text: text(error["tlsError"]) };
    case "subscribeError":
      return { type: "SUBSCRIBE", text: text(error["subscribeError"]) };
    case "unknownCAError":
      return { type: "UNKNOWNCA" };
    case "timeoutError":
      return { type: "TIMEOUT" };
    case "failedError":
      return { type: "FAILED" };
    default:
      throw new TypeError("not a network error");
  }
}

const transportErrors: Readonly<Record<string, TransportError>> = {
  badBlock: { type: "BLOCK" },
  version: { type: "VERSION" },
  largeMsg: { type: "LARGE_MSG" },
  badSession: { type: "SESSION" },
  noServerAuth: { type: "NO_AUTH" },
};

function readTransportError(value: unknown): TransportError {
  const error = object(value);
  const type = oneOf(error["type"], "handshake", ...Object.keys(transportErrors));
  const found = transportErrors[type];
  if (found !== undefined) return found;
  return { type: "HANDSHAKE", error: text(object(error["handshakeErr"])["type"]) as HandshakeError };
}
