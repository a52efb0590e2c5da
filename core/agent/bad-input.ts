import { DecodeError, EncodeError } from "../bytes/index.ts";
import { CryptoError } from "../crypto/errors.ts";
import { RatchetError } from "../ratchet/ratchet.ts";
import { AgentError } from "./errors.ts";

/**
 * The fault to report for what others sent and we can't use: it is no message, its keys are no good, or it holds what
 * can't be stored. @throws whatever else it is: a defect of ours
 */
export function badInputFault(error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  if (error instanceof RatchetError) return ratchetFault(error);
  if (error instanceof DecodeError || error instanceof EncodeError)
    return new AgentError("AGENT A_MESSAGE", error.message, { cause: error });
  if (error instanceof CryptoError) return new AgentError("AGENT A_CRYPTO", error.message, { cause: error });
  throw error;
}

/** The fault that a message which can't be decrypted is reported as. */
export function ratchetFault(error: RatchetError): AgentError {
  const code =
    error.code === "A_DUPLICATE"
      ? "AGENT A_DUPLICATE"
      : error.code === "A_MESSAGE"
        ? "AGENT A_MESSAGE"
        : "AGENT A_CRYPTO";
  return new AgentError(code, error.code, { cause: error });
}
