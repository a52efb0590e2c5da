import type { RatchetSync } from "../../agent/api.ts";
import type { ConnectionSecurity } from "../api.ts";

/** How the state of a ratchet is told to people. */
export function ratchetState(state: RatchetSync): ConnectionSecurity["ratchet"] {
  const names = {
    ok: "ok",
    allowed: "suggested",
    required: "required",
    started: "running",
    agreed: "running",
  } as const;
  return names[state];
}
