import type { BrokerError, ProxyError, SmpError } from "./error.ts";

/** Whether the same command can succeed later, or over another session, without anybody changing a setting. */
export function isRetryable(error: SmpError): boolean {
  switch (error.type) {
    case "BLOCK":
    case "SESSION":
    case "QUOTA":
    case "STORE":
    case "INTERNAL":
      return true;
    case "PROXY":
      return isProxyRetryable(error.error);
    default:
      return false;
  }
}

function isProxyRetryable(error: ProxyError): boolean {
  switch (error.type) {
    case "NO_SESSION":
      return true;
    case "PROTOCOL":
      return isRetryable(error.error);
    case "BROKER":
      return isBrokerRetryable(error.error);
    case "BASIC_AUTH":
      return false;
  }
}

function isBrokerRetryable(error: BrokerError): boolean {
  switch (error.type) {
    case "TIMEOUT":
    case "HOST":
      return true;
    case "NETWORK":
      return error.error.type !== "UNKNOWNCA";
    default:
      return false;
  }
}
