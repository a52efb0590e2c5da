import { isIPv6 } from "node:net";
import { ipv6Groups } from "../proxy/addresses.ts";

/** Groups of 16 bits of an IPv6 address that name a network: 64 bits, as one customer is given at least. */
const networkGroups = 4;
/** The groups before an IPv4 address that IPv6 carries. */
const mapped = [0, 0, 0, 0, 0, 0xffff].join();

/**
 * What limits by address count for: an IPv4 address, also where IPv6 carries it, and of IPv6 the network, as all of
 * its addresses are one customer's to choose from. Other texts count as they are.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = ipv6Groups(address);
  if (groups.slice(0, 6).join() === mapped) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join(".");
  }
  const network = groups.slice(0, networkGroups);
  return `${network.map((group) => group.toString(16)).join(":")}::/64`;
}
