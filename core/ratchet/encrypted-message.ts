import { type Codec, fixedBytes, tail, word16 } from "../bytes/index.ts";
import { aesTagLength, ratchetIvLength, type Sealed } from "../crypto/aes-gcm.ts";
import { ratchetVersions } from "./versions.ts";
import { versionedBytes } from "./wire.ts";

/** The encrypted header of a ratchet message. */
export interface EncryptedHeader {
  /** The ratchet version of the message: its sender's current one. */
  readonly version: number;
  /** 16 bytes. */
  readonly iv: Uint8Array;
  readonly sealed: Sealed;
}

/** A ratchet message: its header encoded and encrypted, as it is authenticated with the body, and the body. */
export interface EncryptedMessage {
  readonly header: Uint8Array;
  readonly sealed: Sealed;
}

const iv = fixedBytes(ratchetIvLength);
const tag = fixedBytes(aesTagLength);

export const encryptedHeader: Codec<EncryptedHeader> = {
  encode(writer, { version, iv: headerIv, sealed }) {
    word16.encode(writer, version);
    iv.encode(writer, headerIv);
    tag.encode(writer, sealed.tag);
    versionedBytes(version).encode(writer, sealed.ciphertext);
  },
  decode(reader) {
    const version = word16.decode(reader);
    if (version < ratchetVersions.min || version > ratchetVersions.max) {
      reader.fail(`ratchet version ${version} is not ${ratchetVersions.min} to ${ratchetVersions.max}`);
    }
    const headerIv = iv.decode(reader);
    const headerTag = tag.decode(reader);
    const ciphertext = versionedBytes(version).decode(reader);
    return { version, iv: headerIv, sealed: { tag: headerTag, ciphertext } };
  },
};

/** A ratchet message of the given version; the version only matters when it is written. */
export function encryptedMessage(version: number): Codec<EncryptedMessage> {
  const header = versionedBytes(version);
  return {
    encode(writer, message) {
      header.encode(writer, message.header);
      tag.encode(writer, message.sealed.tag);
      tail.encode(writer, message.sealed.ciphertext);
    },
    decode(reader) {
      const encoded = header.decode(reader);
      const bodyTag = tag.decode(reader);
      return { header: encoded, sealed: { tag: bodyTag, ciphertext: tail.decode(reader) } };
    },
  };
}
