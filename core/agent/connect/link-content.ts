import { DecodeError } from "../../bytes/index.ts";
import { ed25519 } from "../../crypto/ed25519.ts";
import type { AddressLinkOptions, LinkOwnerOption } from "../api.ts";
import { AgentError } from "../errors.ts";
import type { LinkMode } from "../links/connection-request.ts";
import type { UserLinkData } from "../links/link-data.ts";
import { authorizeOwner, type Owner, ownerIdLengthMax, ownersMax, verifyOwners } from "../links/owners.ts";
import { type ContactShortLink, parseShortLink } from "../links/short-link.ts";

/** What is to stand behind a short link. */
export interface LinkContent extends AddressLinkOptions {
  readonly userData: Uint8Array;
}

/** Most links of chat relays that stand behind one link. */
export const linkRelaysMax = 64;
const entityIdLengthMax = 255;

/**
 * The changeable data of a link: owners without a signature are authorised by its root key.
 * @param rootKey raw Ed25519 private key: 32 bytes
 * @throws AgentError `CMD SYNTAX` for what is malformed, `CMD LARGE` for too many, `CMD PROHIBITED` when an owner is not
 *   authorised or there twice, or an invitation is to have more than user data; `AGENT A_LINK` for a relay's link
 */
export function linkUserData(
  mode: LinkMode,
  rootKey: Uint8Array,
  { userData, direct = true, owners = [], relays = [] }: LinkContent,
): UserLinkData {
  if (mode === "contact")
    return { mode, direct, owners: ownersOf(rootKey, owners), relays: relaysOf(relays), userData };
  if (!direct || owners.length > 0 || relays.length > 0)
    throw new AgentError("CMD PROHIBITED", "invitation with owners or relays");
  return { mode, userData };
}

/** @throws AgentError `CMD SYNTAX` when the id of an entity is empty or too long */
export function requireEntityId(entityId: Uint8Array | undefined): Uint8Array | undefined {
  if (entityId !== undefined && (entityId.length === 0 || entityId.length > entityIdLengthMax))
    throw new AgentError(
      "CMD SYNTAX",
      `entity id: ${entityId.length} bytes are not 1 to ${entityIdLengthMax}`,
    );
  return entityId;
}

function ownersOf(rootKey: Uint8Array, options: readonly LinkOwnerOption[]): readonly Owner[] {
  if (options.length > ownersMax) throw new AgentError("CMD LARGE", "owners");
  const owners = options.map(({ id, key, signature }) => {
    if (id.length === 0 || id.length > ownerIdLengthMax)
      throw new AgentError("CMD SYNTAX", `owner id: ${id.length} bytes are not 1 to ${ownerIdLengthMax}`);
    if (key.length !== ed25519.keyLength) throw new AgentError("CMD SYNTAX", "key of an owner");
    if (signature === undefined) return authorizeOwner(id, key, rootKey);
    if (signature.length !== ed25519.signatureLength)
      throw new AgentError("CMD SYNTAX", "signature of an owner");
    return { id, key, signature };
  });
  try {
    verifyOwners(ed25519.publicKey(rootKey), owners);
  } catch (error) {
    if (error instanceof DecodeError) throw new AgentError("CMD PROHIBITED", error.reason, { cause: error });
    throw error;
  }
  return owners;
}

function relaysOf(links: readonly string[]): readonly ContactShortLink[] {
  if (links.length > linkRelaysMax) throw new AgentError("CMD LARGE", "relays");
  return links.map(relayOf);
}

/** Whoever reads it has to find the relay by it, so that its key hash must not be left out. */
function relayOf(text: string): ContactShortLink {
  try {
    const link = parseShortLink(text);
    if (link.type !== "invitation" && link.relay.keyHash.length > 0) return link;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new AgentError("AGENT A_LINK", error.reason, { cause: error });
  }
  throw new AgentError("AGENT A_LINK", "link of a relay is not the full short link of an address");
}
