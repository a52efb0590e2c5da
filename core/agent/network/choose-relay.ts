import type { Random } from "../../crypto/random.ts";
import {
  parseRelayAddressWithAuth,
  type RelayAddress,
  type RelayAddressWithAuth,
} from "../../smp/address.ts";
import type { RelaySetting } from "../api.ts";
import { AgentError } from "../errors.ts";

/** The hosts of relays that are in use, which another one should not have. */
function sharesHost(relay: RelayAddress, used: readonly RelayAddress[]): boolean {
  return relay.hosts.some(({ name }) => used.some(({ hosts }) => hosts.some((host) => host.name === name)));
}

/** One of them, each as likely as the others. @throws RangeError for none */
export function pick<T>(from: readonly T[], random: Random): T {
  const [a = 0, b = 0, c = 0, d = 0] = random(4);
  const value = from[(((a << 24) | (b << 16) | (c << 8) | d) >>> 0) % from.length];
  if (value === undefined) throw new RangeError("cannot pick: there is nothing to pick from");
  return value;
}

/** The detail of the error when a profile has no relay for new queues. */
export const noReceivingRelay = "no relay to receive on";

/** The relays of a profile that have a role. */
export function relaysFor(
  role: "receive" | "proxy",
  settings: readonly RelaySetting[],
): readonly RelayAddressWithAuth[] {
  return settings
    .filter((setting) => setting[role])
    .map(({ address }) => parseRelayAddressWithAuth(address, "smp"));
}

/**
 * A relay for a new queue: a random one of those that receive, where it is possible neither among `replaced` nor
 * among `used`, or at least not among `replaced`.
 * @param replaced relays that the queue is to get away from
 * @throws AgentError `CMD PROHIBITED` when the profile has none that receives
 */
export function chooseRelay(
  settings: readonly RelaySetting[],
  used: readonly RelayAddress[],
  random: Random,
  replaced: readonly RelayAddress[] = [],
): RelayAddressWithAuth {
  const all = relaysFor("receive", settings);
  if (all.length === 0) throw new AgentError("CMD PROHIBITED", noReceivingRelay);
  const others = all.filter(({ relay }) => !sharesHost(relay, replaced));
  const unused = others.filter(({ relay }) => !sharesHost(relay, used));
  const choices = [unused, others, all].find((one) => one.length > 0) ?? all;
  return pick(choices, random);
}

/** Whether a relay is one that the profile uses, by any of its hosts. */
export function isKnownRelay(relay: RelayAddress, settings: readonly RelaySetting[]): boolean {
  return settings.some(({ address }) => sharesHost(relay, [parseRelayAddressWithAuth(address, "smp").relay]));
}
