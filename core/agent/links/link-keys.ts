import { utf8Encode } from "../../bytes/index.ts";
import { sha3_256 } from "../../crypto/hash.ts";
import { hkdfSha512 } from "../../crypto/hkdf.ts";
import type { LinkId } from "../../smp/ids.ts";
import { idLength } from "../../smp/limits.ts";

const keyLength = 32;
const noSalt = new Uint8Array(0);
const contactInfo = utf8Encode("SimpleXContactLink");
const invitationInfo = utf8Encode("SimpleXInvLink");

/** The key of a link: the hash of its fixed data without the signature, 32 bytes. */
export function linkKeyOf(fixedData: Uint8Array): Uint8Array {
  return sha3_256(fixedData);
}

/** The id (24 bytes) and the encryption key (32 bytes) of a contact link's data. */
export function contactLinkKeys(linkKey: Uint8Array): { readonly linkId: LinkId; readonly key: Uint8Array } {
  const derived = hkdfSha512(noSalt, linkKey, contactInfo, idLength + keyLength);
  return { linkId: derived.subarray(0, idLength), key: derived.subarray(idLength) };
}

/** The encryption key (32 bytes) of an invitation link's data; their id is chosen by the relay. */
export function invitationLinkKey(linkKey: Uint8Array): Uint8Array {
  return hkdfSha512(noSalt, linkKey, invitationInfo, keyLength);
}
