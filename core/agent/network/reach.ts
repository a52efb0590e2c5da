import type { RelayAddress } from "../../smp/address.ts";
import type { ProfileId, RelaySetting } from "../api.ts";
import { relayKey } from "../state/codecs.ts";
import { relaysFor } from "./choose-relay.ts";
import type { Network } from "./network.ts";
import { RelayFault } from "./relay-fault.ts";

/** Whether there can be a session with a relay that a profile receives on, other than `relay`. */
export async function reachesAnother(
  network: Network,
  profile: ProfileId,
  settings: readonly RelaySetting[],
  relay: RelayAddress,
): Promise<boolean> {
  for (const { relay: other } of relaysFor("receive", settings)) {
    if (relayKey(other) === relayKey(relay)) continue;
    try {
      await network.withSession(profile, other, () => Promise.resolve());
      return true;
    } catch (error) {
      if (!(error instanceof RelayFault)) throw error;
    }
  }
  return false;
}
