import {
  type Codec,
  maybe,
  refined,
  struct,
  type VersionRange,
  versionRange,
  word16,
} from "../bytes/index.ts";
import { type KemParams, kemParams } from "./kem-params.ts";
import { pqRatchetVersion } from "./versions.ts";
import { x448PublicKey } from "./wire.ts";

/** The public keys with which one side starts a ratchet of a certain version ("e2e parameters"). */
export interface E2eParams {
  readonly version: number;
  /** X448, 56 bytes: the first of the X3DH keys. */
  readonly key1: Uint8Array;
  /** X448, 56 bytes: the second, with which the joining side starts the ratchet. */
  readonly key2: Uint8Array;
  /** Not sent before version 3. */
  readonly kem: KemParams | undefined;
}

/** The same inside an invitation link, which is for any version of a range; a KEM is always proposed here. */
export interface E2eParamsUri {
  readonly versions: VersionRange;
  readonly key1: Uint8Array;
  readonly key2: Uint8Array;
  readonly kem: KemParams | undefined;
}

const maybeKem = maybe(kemParams);

/** E2E ratchet parameters in confirmations and in AgentRatchetKey. */
export const e2eParams: Codec<E2eParams> = {
  encode(writer, { version, key1, key2, kem }) {
    word16.encode(writer, version);
    x448PublicKey.encode(writer, key1);
    x448PublicKey.encode(writer, key2);
    if (version >= pqRatchetVersion) maybeKem.encode(writer, kem);
  },
  decode(reader) {
    const version = word16.decode(reader);
    const key1 = x448PublicKey.decode(reader);
    const key2 = x448PublicKey.decode(reader);
    const kem = version >= pqRatchetVersion ? maybeKem.decode(reader) : undefined;
    return { version, key1, key2, kem };
  },
};

/** What is wrong with the KEM of an invitation, if anything. */
export function invitationKemProblem(kem: KemParams | undefined): string | undefined {
  return kem?.type === "accepted" ? "an invitation accepts a KEM that nobody proposed" : undefined;
}

/** E2E ratchet parameters in the binary form of an invitation link. */
export const e2eParamsUri: Codec<E2eParamsUri> = refined(
  struct<E2eParamsUri>({ versions: versionRange, key1: x448PublicKey, key2: x448PublicKey, kem: maybeKem }),
  ({ kem }) => invitationKemProblem(kem),
);

/** The parameters of an invitation for the version agreed on. */
export function e2eParamsOfVersion(uri: E2eParamsUri, version: number): E2eParams {
  const { key1, key2, kem } = uri;
  return { version, key1, key2, kem };
}
