import {
  base64urlEncodeUnpadded,
  type Codec,
  concat,
  DecodeError,
  encode,
  equalBytes,
  mapped,
  Reader,
  shortBytes,
  shortBytesOf,
  struct,
} from "../../bytes/index.ts";
import { ed25519 } from "../../crypto/ed25519.ts";
import { decodePublicKey, encodePublicKey } from "../../crypto/keys.ts";

/** One who may change the data of a link besides the holder of its root key. */
export interface Owner {
  /** Unique in the list; the application says what it is. */
  readonly id: Uint8Array;
  /** Raw Ed25519 public key: 32 bytes. */
  readonly key: Uint8Array;
  /** By the root key or that of an owner before, over the id and the DER of the key: 64 bytes. */
  readonly signature: Uint8Array;
}

/** Most owners of a link: each may have to be checked against all those before it. */
export const ownersMax = 64;

/** A short byte string with the DER of an Ed25519 key; held as the raw 32 bytes. */
export const signingKey: Codec<Uint8Array> = mapped(
  shortBytes,
  (der) => decodePublicKey(der, "Ed25519").key,
  (key) => encodePublicKey({ algorithm: "Ed25519", key }),
);

const signatureLength = 64;
/** Longest id of an owner, in bytes: with its key and signature it fits into a short byte string. */
export const ownerIdLengthMax = 144;
const fields: Codec<Owner> = struct<Owner>({
  id: shortBytes,
  key: signingKey,
  signature: shortBytesOf(signatureLength),
});

/** An owner, in a length of its own: what later versions may add behind is ignored. */
export const ownerCodec: Codec<Owner> = mapped(
  shortBytes,
  (bytes) => fields.decode(new Reader(bytes)),
  (value) => encode(fields, value).slice(),
);

function signedBytes(id: Uint8Array, key: Uint8Array): Uint8Array {
  return concat(id, encodePublicKey({ algorithm: "Ed25519", key }));
}

/** A new owner, authorised by the private key of the root or of an owner before. */
export function authorizeOwner(id: Uint8Array, key: Uint8Array, authorizingKey: Uint8Array): Owner {
  return { id, key, signature: ed25519.sign(authorizingKey, signedBytes(id, key)) };
}

/**
 * Checks that every owner is authorised by the root key or an owner before, and none is there twice.
 * @throws DecodeError naming the owner that is not, or for too many
 */
export function verifyOwners(rootKey: Uint8Array, owners: readonly Owner[]): void {
  if (owners.length > ownersMax) throw new DecodeError(`${owners.length} owners are more than ${ownersMax}`);
  owners.forEach(({ id, key, signature }, i) => {
    const name = base64urlEncodeUnpadded(id);
    const before = owners.slice(0, i);
    if (equalBytes(key, rootKey)) throw new DecodeError(`key of owner ${name} is the root key`);
    if (before.some((other) => equalBytes(other.id, id) || equalBytes(other.key, key))) {
      throw new DecodeError(`owner ${name} is there twice`);
    }
    const authorizing = [rootKey, ...before.map((other) => other.key)];
    if (!authorizing.some((by) => ed25519.verify(by, signedBytes(id, key), signature))) {
      throw new DecodeError(`owner ${name} is not authorised`);
    }
  });
}
