import {
  concat,
  DecodeError,
  decode,
  equalBytes,
  fixedBytes,
  shortBytesOf,
  struct,
  tail,
} from "../../bytes/index.ts";
import { boxNonceLength, secretbox } from "../../crypto/box.ts";
import { ed25519 } from "../../crypto/ed25519.ts";
import { CryptoError } from "../../crypto/errors.ts";
import type { LinkData } from "../../smp/link-data.ts";
import { AgentError } from "../errors.ts";
import {
  encodeOwn,
  type FixedLinkData,
  fixedLinkData,
  type VersionedUserData,
  versionedUserData,
} from "./link-data.ts";
import { linkKeyOf } from "./link-keys.ts";
import { verifyOwners } from "./owners.ts";

/** Fixed data are padded to this many bytes, so that with nonce and tag they are 2,048. */
export const fixedPaddedLength = 2_008;
/** User data are padded to this many bytes, so that with nonce and tag they are 13,824. */
export const userPaddedLength = 13_784;

const signatureLength = 64;

interface Signed {
  readonly signature: Uint8Array;
  readonly bytes: Uint8Array;
}
const signed = struct<Signed>({ signature: shortBytesOf(signatureLength), bytes: tail });
const sealed = struct<{ nonce: Uint8Array; box: Uint8Array }>({
  nonce: fixedBytes(boxNonceLength),
  box: tail,
});

function sign(privateKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  return encodeOwn(signed, { signature: ed25519.sign(privateKey, bytes), bytes });
}

/** Fixed data with the root key's signature in front, and the key of the link. */
export function signFixedData(
  rootPrivateKey: Uint8Array,
  data: FixedLinkData,
): { readonly linkKey: Uint8Array; readonly signed: Uint8Array } {
  const bytes = encodeOwn(fixedLinkData, data);
  return { linkKey: linkKeyOf(bytes), signed: sign(rootPrivateKey, bytes) };
}

/** User data with the signature of the root key or an owner's key in front. */
export function signUserData(privateKey: Uint8Array, data: VersionedUserData): Uint8Array {
  return sign(privateKey, encodeOwn(versionedUserData, data));
}

/** Encrypts signed fixed data: 2,048 bytes. @throws CryptoError when they are longer than 2,006 bytes */
export function sealFixedData(key: Uint8Array, nonce: Uint8Array, signedData: Uint8Array): Uint8Array {
  return concat(nonce, secretbox.seal(key, nonce, signedData, fixedPaddedLength));
}

/** Encrypts signed user data: 13,824 bytes. @throws CryptoError when they are longer than 13,782 bytes */
export function sealUserData(key: Uint8Array, nonce: Uint8Array, signedData: Uint8Array): Uint8Array {
  return concat(nonce, secretbox.seal(key, nonce, signedData, userPaddedLength));
}

/**
 * Decrypts link data, and checks them against the key of the link, the root key and the owners.
 * @throws AgentError `AGENT A_LINK` when a check fails, `AGENT A_CRYPTO` or `AGENT A_MESSAGE` when they can't be read
 */
export function openLinkData(
  linkKey: Uint8Array,
  key: Uint8Array,
  { fixedData, userData }: LinkData,
): { readonly fixed: FixedLinkData; readonly user: VersionedUserData } {
  try {
    const fixedPart = open(key, fixedData);
    const userPart = open(key, userData);
    const fixed = decode(fixedLinkData, fixedPart.bytes);
    const user = decode(versionedUserData, userPart.bytes);
    if (!equalBytes(linkKeyOf(fixedPart.bytes), linkKey))
      throw new AgentError("AGENT A_LINK", "link data hash");
    if (!ed25519.verify(fixed.rootKey, fixedPart.bytes, fixedPart.signature)) {
      throw new AgentError("AGENT A_LINK", "link data signature");
    }
    if (fixed.request.mode !== user.data.mode) throw new AgentError("AGENT A_LINK", "link data mode");
    const owners = user.data.mode === "contact" ? user.data.owners : [];
    checkOwners(fixed.rootKey, owners);
    const keys = [fixed.rootKey, ...owners.map((owner) => owner.key)];
    if (!keys.some((by) => ed25519.verify(by, userPart.bytes, userPart.signature))) {
      throw new AgentError("AGENT A_LINK", "user data signature");
    }
    return { fixed, user };
  } catch (error) {
    if (error instanceof CryptoError) throw new AgentError("AGENT A_CRYPTO", "link data", { cause: error });
    if (error instanceof DecodeError) throw new AgentError("AGENT A_MESSAGE", "link data", { cause: error });
    throw error;
  }
}

/** Decrypts the fixed data of a link of our own. @throws CryptoError, DecodeError when they are not */
export function openOwnFixedData(key: Uint8Array, fixedData: Uint8Array): FixedLinkData {
  return decode(fixedLinkData, open(key, fixedData).bytes);
}

function checkOwners(rootKey: Uint8Array, owners: Parameters<typeof verifyOwners>[1]): void {
  try {
    verifyOwners(rootKey, owners);
  } catch (error) {
    if (error instanceof DecodeError) throw new AgentError("AGENT A_LINK", error.reason, { cause: error });
    throw error;
  }
}

function open(key: Uint8Array, data: Uint8Array): Signed {
  const { nonce, box } = decode(sealed, data);
  return decode(signed, secretbox.open(key, nonce, box));
}
