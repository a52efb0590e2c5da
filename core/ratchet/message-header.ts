import { type Codec, maybe, word16, word32 } from "../bytes/index.ts";
import { type KemParams, kemParams } from "./kem-params.ts";
import { pqRatchetVersion } from "./versions.ts";
import { x448PublicKey } from "./wire.ts";

/** The header of a ratchet message, which is encrypted on its own. */
export interface MessageHeader {
  /** The highest ratchet version that the sender speaks. */
  readonly maxVersion: number;
  /** X448, 56 bytes: the sender's key of this ratchet step. */
  readonly dhPublicKey: Uint8Array;
  /** Not sent before version 3. */
  readonly kem: KemParams | undefined;
  /** How many messages the sender's previous chain had. */
  readonly previousCount: number;
  /** The number of this message in its chain, from 0. */
  readonly number: number;
}

const maybeKem = maybe(kemParams);

/** The header of a message of the given current version. Bytes after it belong to later versions. */
export function messageHeader(version: number): Codec<MessageHeader> {
  const hasKem = version >= pqRatchetVersion;
  return {
    encode(writer, { maxVersion, dhPublicKey, kem, previousCount, number }) {
      word16.encode(writer, maxVersion);
      x448PublicKey.encode(writer, dhPublicKey);
      if (hasKem) maybeKem.encode(writer, kem);
      word32.encode(writer, previousCount);
      word32.encode(writer, number);
    },
    decode(reader) {
      const maxVersion = word16.decode(reader);
      const dhPublicKey = x448PublicKey.decode(reader);
      const kem = hasKem ? maybeKem.decode(reader) : undefined;
      const previousCount = word32.decode(reader);
      const number = word32.decode(reader);
      return { maxVersion, dhPublicKey, kem, previousCount, number };
    },
  };
}

/** Length that headers are padded to, in bytes; without a KEM they have 79 or 80. */
const headerLength = 88;

/** The same once the KEM is supported, whether it is in use or not; the largest header has 2282. */
const pqHeaderLength = 2310;

/** The padded length of headers, in bytes. */
export function paddedHeaderLength(version: number, supportsPq: boolean): number {
  return supportsPq && version >= pqRatchetVersion ? pqHeaderLength : headerLength;
}
