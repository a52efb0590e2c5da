import type { UserLinkData } from "../../agent/links/link-data.ts";
import type { Owner } from "../../agent/links/owners.ts";
import type { ContactShortLink, ShortLink } from "../../agent/links/short-link.ts";
import { relayOf } from "../values.ts";
import { array, flag, hex, object, oneOf } from "../vectors.ts";
import { ed25519 } from "./addresses.ts";

function readContactLink(value: unknown): ContactShortLink {
  const link = readLink(value);
  if (link.type === "invitation") throw new TypeError("not a contact link");
  return link;
}

export function readLink(value: unknown): ShortLink {
  const { type, scheme, server, linkId, linkKey } = object(value);
  const shared = {
    scheme: oneOf(scheme, "https", "simplex"),
    relay: relayOf(server),
    linkKey: hex(linkKey),
  } as const;
  switch (type) {
    case "invitation":
      return { type, ...shared, linkId: hex(linkId) };
    case "contact":
    case "channel":
    case "group":
    case "relay":
      return { type, ...shared };
    default:
      throw new TypeError(`link type ${String(type)} is unknown`);
  }
}

export function readOwner(value: unknown): Owner {
  const { ownerId, ownerKeyDer, authOwnerSig } = object(value);
  return { id: hex(ownerId), key: ed25519(ownerKeyDer), signature: hex(authOwnerSig) };
}

export function readUserData(mode: unknown, value: unknown): UserLinkData {
  const { direct, owners, relays, userData } = object(value);
  if (oneOf(mode, "I", "C") === "I") return { mode: "invitation", userData: hex(userData) };
  return {
    mode: "contact",
    direct: flag(direct),
    owners: array(owners).map(readOwner),
    relays: array(relays).map(readContactLink),
    userData: hex(userData),
  };
}
