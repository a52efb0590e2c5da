import { parseRelayAddressWithAuth, type RelayAddress } from "../../smp/address.ts";
import type { RelaySetting } from "../api.ts";
import { relayKey } from "../state/codecs.ts";
import type { ProfileRecord } from "../state/records.ts";
import { isKnownRelay } from "./choose-relay.ts";

/** What is made in a session with a relay by the settings of a profile, as far as they have a say in it. */
interface Uses {
  /** It is one of ours, to which messages may go directly. */
  readonly known: boolean;
  /** New queues are made there. */
  readonly receive: boolean;
  /** It carries messages to other relays. */
  readonly proxy: boolean;
}

function usesOf(settings: readonly RelaySetting[], relay: RelayAddress): Uses {
  const key = relayKey(relay);
  const own = settings.filter(
    ({ address }) => relayKey(parseRelayAddressWithAuth(address, "smp").relay) === key,
  );
  return {
    known: isKnownRelay(relay, settings),
    receive: own.some(({ receive }) => receive),
    proxy: own.some(({ proxy }) => proxy),
  };
}

/**
 * Whether what is under way in a session with a relay may go against the new settings of a profile: the relay may be
 * used for less than before, or messages go another way.
 */
export function mayLess(before: ProfileRecord, after: ProfileRecord, relay: RelayAddress): boolean {
  if (before.routing !== after.routing || before.fallback !== after.fallback) return true;
  const [was, is] = [usesOf(before.relays, relay), usesOf(after.relays, relay)];
  return (was.known && !is.known) || (was.receive && !is.receive) || (was.proxy && !is.proxy);
}
