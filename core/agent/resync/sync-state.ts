import type { RatchetErrorCode } from "../../ratchet/ratchet.ts";
import type { RatchetSync } from "../api.ts";
import type { AgentError } from "../errors.ts";
import type { Connection } from "../state/connection-record.ts";
import type { Work } from "../state/work.ts";

/** Whether a message that can't be decrypted means that the ratchets may, or do, differ. */
export function syncAfter(code: RatchetErrorCode): "allowed" | "required" | undefined {
  switch (code) {
    case "DECRYPT_AES":
    case "RATCHET_EARLIER":
    case "A_DUPLICATE":
      return "allowed";
    case "RATCHET_HEADER":
    case "RATCHET_SKIPPED":
      return "required";
    default:
      return undefined;
  }
}

/** Changes the state of the ratchet's agreement and tells of it. */
export function setSync(
  work: Work,
  connection: Connection,
  state: RatchetSync,
  error: AgentError | undefined,
): Connection {
  if (connection.sync === state) return work.put(connection);
  const { id, profile } = connection;
  const changed = work.put({ ...connection, sync: state });
  work.emit({ type: "ratchetSync", profile, connection: id, state, fault: error?.fault });
  return changed;
}
