import { AgentError } from "../../agent/errors.ts";
import { noReceivingRelay } from "../../agent/network/choose-relay.ts";
import { DecodeError } from "../../bytes/index.ts";
import { StoreError } from "../../store/errors.ts";
import { ChatError, type ChatErrorCode } from "../api.ts";

/** Whatever went wrong, as what people and programs are told. */
export function toChatError(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof AgentError) return fromAgent(error);
  if (error instanceof StoreError) return fromStore(error);
  if (error instanceof DecodeError)
    return new ChatError("badLink", `This is not a link that can be read: ${error.reason}.`);
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ChatError("internal", `Something went wrong inside: ${reason}. Nothing was lost.`, {
    cause: error,
  });
}

function fromAgent(error: AgentError): ChatError {
  const { code } = error;
  const make = (chat: ChatErrorCode, text: string): ChatError => new ChatError(chat, text, { cause: error });
  switch (code) {
    case "SMP AUTH":
      return make("linkUsed", "This link was used already, or withdrawn. Ask for a new one.");
    case "SMP BLOCKED":
      return make("relayRefused", "The relay's operator blocked this link.");
    case "BROKER TIMEOUT":
    case "BROKER NETWORK":
    case "BROKER HOST":
      return make(
        "relayUnreachable",
        `The relay ${hosts(error.detail)} could not be reached. Nothing was changed; try again later.`,
      );
    case "BROKER IDENTITY":
    case "BROKER VERSION":
      return make(
        "relayRefused",
        `The relay ${hosts(error.detail)} is not the one of this address, or too old.`,
      );
    case "PROXY":
      return make(
        "noRelay",
        "None of your relays can carry this to a relay that is not yours, and the network settings don't let you go there directly. Nothing was changed.",
      );
    case "AGENT A_LINK":
    case "AGENT A_VERSION":
    case "CMD SYNTAX":
      return make("badLink", `This link can't be used: ${error.detail === "" ? code : error.detail}.`);
    case "CMD LARGE":
      return make("tooLong", `This does not fit into one message (${error.detail}). Nothing was sent.`);
    case "CONN NOT_FOUND":
      return make("notFound", "There is no such connection.");
    case "CONN SIMPLEX":
      return make("notConnected", "The connection is not established yet.");
    case "CMD PROHIBITED":
      if (error.detail === noReceivingRelay) {
        return make(
          "noRelay",
          "You have no relay to receive through yet: add one first. Nothing was changed.",
        );
      }
      return make("notAllowed", `This is not possible now: ${error.detail}.`);
    case "AGENT A_PROHIBITED":
      return make("notAllowed", `This is not possible now: ${error.detail}.`);
    default:
      return code.startsWith("SMP")
        ? make("relayRefused", `The relay refused: ${error.message}.`)
        : make("internal", `The connection failed: ${error.message}.`);
  }
}

/** Addresses of relays as their hosts alone. */
function hosts(detail: string): string {
  return detail.replaceAll(/smp:\/\/[^@\s]*@/g, "");
}

function fromStore(error: StoreError): ChatError {
  const codes: Partial<Record<StoreError["code"], ChatErrorCode>> = {
    passphrase: "wrongPassphrase",
    corrupt: "badFile",
    newer: "badFile",
    full: "diskFull",
    denied: "noPermission",
    missing: "notFound",
  };
  if (error.code === "locked") {
    return new ChatError(
      "locked",
      "This profile is open in another sotto already: end that one, or use another profile.",
      { cause: error },
    );
  }
  return new ChatError(codes[error.code] ?? "internal", `${error.message}.`, { cause: error });
}

/** Runs a method of the API: what it throws is a ChatError. */
export async function asChat<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toChatError(error);
  }
}
