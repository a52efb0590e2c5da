import type { AuthKey } from "../../core/smp/keys.ts";

/** A key that no longer holds on to the block it came in. */
export function ownKey({ algorithm, key }: AuthKey): AuthKey {
  return { algorithm, key: key.slice() };
}
