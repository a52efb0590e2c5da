import { agentSince } from "../versions.ts";

const pqRatchetVersion = 3;

/** Whether these versions, of the agent and of the ratchet, have post-quantum keys; false for unknown ones. */
export function supportsPostQuantum(
  agentVersion: number | undefined,
  ratchetVersion: number | undefined,
): boolean {
  return (agentVersion ?? 0) >= agentSince.postQuantum && (ratchetVersion ?? 0) >= pqRatchetVersion;
}
