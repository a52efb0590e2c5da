import {
  base64urlDecode,
  base64urlEncode,
  type Codec,
  DecodeError,
  mapped,
  nonEmptyList,
  refined,
  shortBytes,
  shortText,
  struct,
} from "../bytes/index.ts";
import { formatBasicAuth, parseBasicAuth } from "./basic-auth.ts";
import { type Host, hostCodec, parseHostPrefix } from "./host.ts";

/** The protocols whose relays have addresses: messages, files, notifications. */
export type RelayScheme = "smp" | "xftp" | "ntf";

/** A relay: `scheme://keyHash@host1,host2[:port]`. */
export interface RelayAddress {
  readonly scheme: RelayScheme;
  /** At least one; they all lead to the same relay. */
  readonly hosts: readonly Host[];
  /** Decimal digits, or empty for the default port. */
  readonly port: string;
  /** SHA-256 of the relay's identity certificate: 32 bytes for a real one. */
  readonly keyHash: Uint8Array;
}

/** A relay of our own choice, with the password to create queues there, where it asks for one. */
export interface RelayAddressWithAuth {
  readonly relay: RelayAddress;
  readonly password?: Uint8Array;
}

const hostsMax = 255;
const portText = /^:(\d{1,15})/;

type Encoded = Omit<RelayAddress, "scheme">;

const port = refined(shortText, (value) => (/^\d*$/.test(value) ? undefined : "port is not a number"));

const encoded: Codec<Encoded> = struct<Encoded>({
  hosts: nonEmptyList(hostCodec),
  port,
  keyHash: shortBytes,
});

const encodedLegacy: Codec<Encoded> = mapped(
  struct<{ host: Host; port: string; keyHash: Uint8Array }>({ host: hostCodec, port, keyHash: shortBytes }),
  ({ host, ...rest }) => ({ hosts: [host], ...rest }),
  ({ hosts, ...rest }) => ({ host: firstHost(hosts), ...rest }),
);

/** A relay of `scheme` in binary: hosts, port as text, key hash. */
export function relayAddress(scheme: RelayScheme): Codec<RelayAddress> {
  return withScheme(encoded, scheme);
}

/** As `relayAddress`, in the old form that holds one host: the first, when there are several. */
export function relayAddressLegacy(scheme: RelayScheme): Codec<RelayAddress> {
  return withScheme(encodedLegacy, scheme);
}

function withScheme(codec: Codec<Encoded>, scheme: RelayScheme): Codec<RelayAddress> {
  return mapped(
    codec,
    (value) => ({ scheme, ...value }),
    (value) => value,
  );
}

function firstHost(hosts: readonly Host[]): Host {
  const [first] = hosts;
  if (first === undefined) throw new RangeError("cannot encode relay address: hosts is empty");
  return first;
}

/** The address as text; an IPv6 host has no brackets, as the reference writes it. */
export function formatRelayAddress(relay: RelayAddress): string {
  return format(relay, "");
}

/** The address as text, with the password when there is one: not to be shown or logged. */
export function formatRelayAddressWithAuth({ relay, password }: RelayAddressWithAuth): string {
  return format(relay, password === undefined ? "" : `:${formatBasicAuth(password)}`);
}

function format({ scheme, keyHash, hosts, port }: RelayAddress, auth: string): string {
  const names = hosts.map(({ name }) => name).join(",");
  return `${scheme}://${base64urlEncode(keyHash)}${auth}@${names}${port === "" ? "" : `:${port}`}`;
}

/** @throws DecodeError when `text` is not the address of such a relay, or has a password */
export function parseRelayAddress(text: string, scheme: RelayScheme): RelayAddress {
  const { relay, password } = parseRelayAddressWithAuth(text, scheme);
  if (password !== undefined)
    throw new DecodeError("relay address has a password, which is not allowed here");
  return relay;
}

/** @throws DecodeError when `text` is not the address of a relay of `scheme` */
export function parseRelayAddressWithAuth(text: string, scheme: RelayScheme): RelayAddressWithAuth {
  const start = `${scheme}://`;
  if (!text.startsWith(start)) throw new DecodeError(`relay address does not begin with ${start}`);
  const at = text.indexOf("@");
  if (at === -1) throw new DecodeError("relay address has no @", text.length);
  const [hash = "", auth, ...more] = text.slice(start.length, at).split(":");
  if (more.length > 0) throw new DecodeError("password has a character that is not allowed", start.length);
  const keyHash = parseKeyHash(hash);
  const { hosts, rest } = parseHosts(text.slice(at + 1));
  const digits = portText.exec(rest)?.[1];
  if (rest.length !== (digits === undefined ? 0 : digits.length + 1)) {
    throw new DecodeError("relay address has something after its hosts and port", text.length - rest.length);
  }
  const relay = { scheme, hosts, port: digits === undefined ? "" : `${Number(digits)}`, keyHash };
  return auth === undefined ? { relay } : { relay, password: parseBasicAuth(auth) };
}

/** Base64url as it stands inside of addresses and links. @throws DecodeError when it is not, or is empty */
export function parseKeyHash(text: string): Uint8Array {
  if (text === "") throw new DecodeError("key hash is missing");
  return base64urlDecode(text);
}

/**
 * One or more hosts with commas between them, and the text that follows.
 * @throws DecodeError when a host is missing or not one, or they are more than 255
 */
export function parseHosts(text: string): { readonly hosts: readonly Host[]; readonly rest: string } {
  const hosts: Host[] = [];
  for (let rest = `,${text}`; rest.startsWith(","); ) {
    if (hosts.length === hostsMax) throw new DecodeError(`relay has more than ${hostsMax} hosts`);
    const found = parseHostPrefix(rest.slice(1));
    hosts.push(found.host);
    rest = found.rest;
    if (!rest.startsWith(",")) return { hosts, rest };
  }
  throw new DecodeError("host is missing");
}

/** Whether two addresses name the same relay in the same way: scheme, hosts, port and key hash. */
export function sameRelay(a: RelayAddress, b: RelayAddress): boolean {
  return formatRelayAddress(a) === formatRelayAddress(b);
}
