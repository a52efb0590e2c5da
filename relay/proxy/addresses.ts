import { isIPv4, isIPv6 } from "node:net";

/** Networks of IPv4 that are not of the public internet (IANA special-purpose registry): first address, bits. */
const privateIpv4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

const ipv4Networks = privateIpv4.map(([first, bits]) => ({ first: ipv4Number(first), bits }));

/**
 * Whether an IP address is of the public internet: a relay must not be made to reach into the network it
 * stands in. Of IPv6 only global unicast is, without documentation, benchmarks, and what carries IPv4 inside.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) {
    const value = ipv4Number(address);
    return !ipv4Networks.some(({ first, bits }) => value >>> (32 - bits) === first >>> (32 - bits));
  }
  if (!isIPv6(address)) return false;
  const groups = ipv6Groups(address);
  const [first = 0, second = 0] = groups;
  if (first >>> 13 !== 1) return false; // 2000::/3
  if (first === 0x2002) return false; // 6to4
  if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return false; // Teredo, benchmarks, documentation
  return first !== 0x3fff; // documentation
}

function ipv4Number(address: string): number {
  return address.split(".").reduce((value, part) => (value << 8) | Number(part), 0) >>> 0;
}

/** The 8 numbers of an address that `isIPv6` accepts. A zone is not in them: none needs it. */
export function ipv6Groups(address: string): readonly number[] {
  const hexadecimal = address.replace(/%.*$/, "").replace(/[^:]*\.[^:]*$/, (tail) => {
    const value = ipv4Number(tail);
    return `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
  });
  const [left = "", right] = hexadecimal.split("::");
  const numbers = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const front = numbers(left);
  const back = numbers(right ?? "");
  return [...front, ...new Array<number>(Math.max(0, 8 - front.length - back.length)).fill(0), ...back];
}
