import type { Command } from "./command.ts";
import type { SmpError } from "./error.ts";
import type { BrokerMessage } from "./message.ts";

/**
 * What is wrong with the authorization or the entity id of a command, as far as their presence goes
 * ("Transmission structure"); undefined when nothing is.
 */
export function checkCommandCredentials(
  type: Command["type"],
  hasEntity: boolean,
  hasAuthorization: boolean,
): SmpError | undefined {
  switch (type) {
    case "NEW":
      if (!hasAuthorization) return { type: "CMD", error: "NO_AUTH" };
      return hasEntity ? { type: "CMD", error: "HAS_AUTH" } : undefined;
    case "SEND":
      return hasEntity ? undefined : { type: "CMD", error: "NO_ENTITY" };
    case "LGET":
    case "PFWD":
      if (!hasEntity) return { type: "CMD", error: "NO_ENTITY" };
      return hasAuthorization ? { type: "CMD", error: "HAS_AUTH" } : undefined;
    case "PING":
    case "PRXY":
    case "RFWD":
      return hasAuthorization || hasEntity ? { type: "CMD", error: "HAS_AUTH" } : undefined;
    default:
      return hasAuthorization && hasEntity ? undefined : { type: "CMD", error: "NO_AUTH" };
  }
}

/** What is wrong with the entity id of a message, as far as its presence goes; undefined when nothing is. */
export function checkMessageCredentials(
  type: BrokerMessage["type"],
  hasEntity: boolean,
): SmpError | undefined {
  switch (type) {
    case "IDS":
    case "ERR":
      return undefined;
    case "PONG":
    case "PKEY":
    case "RRES":
      return hasEntity ? { type: "CMD", error: "HAS_AUTH" } : undefined;
    default:
      return hasEntity ? undefined : { type: "CMD", error: "NO_ENTITY" };
  }
}
