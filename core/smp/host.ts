import { type Codec, DecodeError, mapped, shortText } from "../bytes/index.ts";

/** Where a relay is reached: a name of DNS, an address, or an onion service of Tor. `name` has no brackets. */
export interface Host {
  readonly form: "domain" | "IPv4" | "IPv6" | "onion";
  readonly name: string;
}

/** A host at the front of a longer text, and the text that comes after it. */
export interface HostPrefix {
  readonly host: Host;
  readonly rest: string;
}

const ipv4Text = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})/;
const ipv6Text = /^(?:\[([^\]]+)\]|([0-9a-fA-F:]+))/;
const onionText = /^[a-z0-9]+\.onion/;
/** Labels of DNS, with the underscore that some use; the reference allows nearly everything. */
const domainText = /^[A-Za-z0-9._-]+/;

/**
 * Reads the host that `text` begins with: the first of IPv4, IPv6 (with or without brackets), onion and domain
 * that fits, as the reference reads it. So the last number of an IPv4 address wraps at 256.
 * @throws DecodeError when no host is there
 */
export function parseHostPrefix(text: string): HostPrefix {
  return ipv4(text) ?? ipv6(text) ?? onion(text) ?? domain(text);
}

/** @throws DecodeError when `text`, all of it, is not a host */
export function parseHost(text: string): Host {
  const { host, rest } = parseHostPrefix(text);
  if (rest !== "") throw new DecodeError("host has characters that no host has", text.length - rest.length);
  return host;
}

/** A host as a short byte string that holds its text. */
export const hostCodec: Codec<Host> = mapped(shortText, parseHost, ({ name }) => name);

function ipv4(text: string): HostPrefix | undefined {
  const match = ipv4Text.exec(text);
  if (match === null) return undefined;
  const numbers = match.slice(1).map(Number);
  if (numbers.slice(0, 3).some((number) => number > 255)) return undefined;
  const name = numbers.map((number) => number % 256).join(".");
  return { host: { form: "IPv4", name }, rest: text.slice(match[0].length) };
}

function ipv6(text: string): HostPrefix | undefined {
  const match = ipv6Text.exec(text);
  const groups = match === null ? undefined : ipv6Groups(match[1] ?? match[2] ?? "");
  if (match === null || groups === undefined) return undefined;
  return { host: { form: "IPv6", name: formatIpv6(groups) }, rest: text.slice(match[0].length) };
}

function onion(text: string): HostPrefix | undefined {
  const match = onionText.exec(text);
  if (match === null) return undefined;
  return { host: { form: "onion", name: match[0] }, rest: text.slice(match[0].length) };
}

function domain(text: string): HostPrefix {
  const match = domainText.exec(text);
  if (match === null) throw new DecodeError("host is missing or has characters that no host has");
  if (match[0].endsWith(".onion")) throw new DecodeError("onion host is not lower-case letters and digits");
  return { host: { form: "domain", name: match[0] }, rest: text.slice(match[0].length) };
}

const ipv6GroupCount = 8;

function ipv6Groups(text: string): readonly number[] | undefined {
  const halves = text.split("::").map(groupsOf);
  const [left, right] = halves;
  if (left === undefined || halves.length > 2) return undefined;
  const given = [...left, ...(right ?? [])];
  if (given.some((group) => Number.isNaN(group))) return undefined;
  if (right === undefined) return given.length === ipv6GroupCount ? given : undefined;
  if (given.length >= ipv6GroupCount) return undefined;
  return [...left, ...Array<number>(ipv6GroupCount - given.length).fill(0), ...right];
}

function groupsOf(text: string): readonly number[] {
  if (text === "") return [];
  return text
    .split(":")
    .map((group) => (/^[0-9a-fA-F]{1,4}$/.test(group) ? Number.parseInt(group, 16) : Number.NaN));
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as `::`. */
function formatIpv6(groups: readonly number[]): string {
  const { start, length } = longestZeroRun(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > longest.length) longest = { start, length };
  }
  return longest;
}
