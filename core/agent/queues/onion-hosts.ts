import type { RelayAddress } from "../../smp/address.ts";
import { parseHost } from "../../smp/host.ts";

/** Onion services of relays that were named in links before links could hold more than one host. */
const onionHosts: ReadonlyMap<string, string> = new Map([
  ["smp4.simplex.im", "o5vmywmrnaxalvz6wi3zicyftgio6psuvyniis6gco6bp6ekl4cqj4id.onion"],
  ["smp5.simplex.im", "jjbyvoemxysm7qxap7m5d5m35jzv5qq6gnlv7s4rsn7tdwwmuqciwpid.onion"],
  ["smp6.simplex.im", "bylepyau3ty4czmn77q4fglvperknl4bi2eb2fdy2bh4jxtf32kf73yd.onion"],
  ["smp8.simplex.im", "beccx4yfxxbvyhqypaavemqurytl6hozr47wfc7uuecacjqdvwpw2xid.onion"],
  ["smp9.simplex.im", "jssqzccmrcws6bhmn77vgmhfjmhwlyr3u7puw4erkyoosywgl67slqqd.onion"],
  ["smp10.simplex.im", "rb2pbttocvnbrngnwziclp2f4ckjq65kebafws6g4hy22cdaiv5dwjqd.onion"],
]);

/** The address with the onion host added that this relay is known to have, if it names only the other one. */
export function withOnionHost(relay: RelayAddress): RelayAddress {
  const [host, ...more] = relay.hosts;
  if (host === undefined || more.length > 0) return relay;
  const onion = onionHosts.get(host.name);
  return onion === undefined ? relay : { ...relay, hosts: [host, parseHost(onion)] };
}
