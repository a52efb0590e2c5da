import {
  base64urlDecode,
  base64urlEncodeUnpadded,
  type Codec,
  char,
  DecodeError,
  shortBytes,
  struct,
} from "../../bytes/index.ts";
import { parseKeyHash, type RelayAddress, relayAddress } from "../../smp/address.ts";
import { type Host, parseHostPrefix } from "../../smp/host.ts";
import type { LinkId } from "../../smp/ids.ts";
import { parseHostList } from "../queues/queue-text.ts";
import { formatQuery, parseQuery } from "./query.ts";

/** What a contact short link leads to. */
export type ContactType = "contact" | "channel" | "group" | "relay";

/** How the text of a short link begins: `simplex:`, or `https://` and the relay's first host. */
export type ShortLinkScheme = "simplex" | "https";

/**
 * A short link names the relay that holds its data, and the key to them. The relay may be named by its host
 * alone when it is one that every app knows: then its port and key hash are empty.
 */
export type ShortLink =
  | {
      readonly type: "invitation";
      readonly scheme: ShortLinkScheme;
      readonly relay: RelayAddress;
      readonly linkId: LinkId;
      readonly linkKey: Uint8Array;
    }
  | {
      readonly type: ContactType;
      readonly scheme: ShortLinkScheme;
      readonly relay: RelayAddress;
      readonly linkKey: Uint8Array;
    };

export type ContactShortLink = Extract<ShortLink, { readonly type: ContactType }>;

const typeChars: Readonly<Record<ShortLink["type"], string>> = {
  invitation: "i",
  contact: "a",
  channel: "c",
  group: "g",
  relay: "r",
};
const contactTypes: ReadonlyMap<string, ContactType> = new Map([
  ["A", "contact"],
  ["C", "channel"],
  ["G", "group"],
  ["R", "relay"],
]);

/** The link as text, such as `https://host/a#key?p=5223&c=hash` or `simplex:/i#id/key?h=hosts`. */
export function formatShortLink(link: ShortLink): string {
  const { scheme, relay, type } = link;
  const names = relay.hosts.map(({ name }) => name);
  const start = scheme === "simplex" ? "simplex:" : `https://${names[0] ?? ""}`;
  const shown = scheme === "simplex" ? names : names.slice(1);
  const parameters: [string, string][] = [];
  if (shown.length > 0) parameters.push(["h", shown.join(",")]);
  if (relay.port !== "") parameters.push(["p", relay.port]);
  if (relay.keyHash.length > 0) parameters.push(["c", base64urlEncodeUnpadded(relay.keyHash)]);
  const id = link.type === "invitation" ? `${base64urlEncodeUnpadded(link.linkId)}/` : "";
  const query = parameters.length === 0 ? "" : `?${formatQuery(parameters)}`;
  return `${start}/${typeChars[type]}#${id}${base64urlEncodeUnpadded(link.linkKey)}${query}`;
}

const form = /^\/([A-Za-z])\/?#(?:([A-Za-z0-9_-]+={0,2})\/)?([A-Za-z0-9_-]+={0,2})(?:\?([^ \n]*))?$/;
const portCount = 65_536;

/** @throws DecodeError when `text` is not a short link; parameters that we don't know are ignored */
export function parseShortLink(text: string): ShortLink {
  const { scheme, host, rest } = parseAuthority(text);
  const [, typeChar, idText, keyText, query] = form.exec(rest) ?? [];
  if (typeChar === undefined || keyText === undefined)
    throw new DecodeError("short link is not of the form /a#key");
  const relay = parseRelay(host, query);
  const linkKey = base64urlDecode(keyText);
  const type = contactTypes.get(typeChar.toUpperCase());
  if (type !== undefined) {
    if (idText !== undefined) throw new DecodeError("contact short link has a link id");
    return { type, scheme, relay, linkKey };
  }
  if (typeChar !== "i") throw new DecodeError(`short link type ${typeChar} is unknown`);
  if (idText === undefined) throw new DecodeError("invitation short link has no link id");
  return { type: "invitation", scheme, relay, linkId: base64urlDecode(idText), linkKey };
}

function parseAuthority(text: string): { scheme: ShortLinkScheme; host: Host | undefined; rest: string } {
  if (text.startsWith("simplex:")) return { scheme: "simplex", host: undefined, rest: text.slice(8) };
  if (!text.startsWith("https://"))
    throw new DecodeError("short link begins with neither simplex: nor https://");
  return { scheme: "https", ...parseHostPrefix(text.slice(8)) };
}

function parseRelay(host: Host | undefined, query: string | undefined): RelayAddress {
  const parameters = parseQuery(query ?? "");
  const more = parameters.get("h");
  const hosts = [...(host === undefined ? [] : [host]), ...(more === undefined ? [] : parseHostList(more))];
  if (hosts.length === 0) throw new DecodeError("short link names no relay");
  const hash = parameters.get("c");
  return {
    scheme: "smp",
    hosts,
    port: parsePort(parameters.get("p")),
    keyHash: hash === undefined ? new Uint8Array(0) : parseKeyHash(hash),
  };
}

/** The number wraps at 65,536, as the reference reads it. */
function parsePort(text: string | undefined): string {
  if (text === undefined) return "";
  if (!/^\d{1,9}$/.test(text)) throw new DecodeError("short link port is not a number");
  return `${Number(text) % portCount}`;
}

const smpRelay = relayAddress("smp");
const invitationPart = struct<{ relay: RelayAddress; linkId: LinkId; linkKey: Uint8Array }>({
  relay: smpRelay,
  linkId: shortBytes,
  linkKey: shortBytes,
});
const contactPart = struct<{ relay: RelayAddress; linkKey: Uint8Array }>({
  relay: smpRelay,
  linkKey: shortBytes,
});

/** The link in binary; the scheme is not told, and read as `https`. */
export const shortLink: Codec<ShortLink> = {
  encode(writer, link) {
    if (link.type === "invitation") {
      char.encode(writer, "I");
      invitationPart.encode(writer, link);
    } else {
      contactShortLink.encode(writer, link);
    }
  },
  decode(reader) {
    if (reader.peek() !== "I".charCodeAt(0)) return contactShortLink.decode(reader);
    reader.byte();
    return { type: "invitation", scheme: "https", ...invitationPart.decode(reader) };
  },
};

/** A short link that must not be of an invitation. */
export const contactShortLink: Codec<ContactShortLink> = {
  encode(writer, link) {
    char.encode(writer, "C");
    char.encode(writer, typeChars[link.type].toUpperCase());
    contactPart.encode(writer, link);
  },
  decode(reader) {
    if (char.decode(reader) !== "C") reader.fail("short link is not of a contact address");
    const type = contactTypes.get(char.decode(reader));
    if (type === undefined) return reader.fail("contact short link type is unknown");
    return { type, scheme: "https", ...contactPart.decode(reader) };
  },
};
