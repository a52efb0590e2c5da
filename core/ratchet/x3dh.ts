import { concat } from "../bytes/index.ts";
import { sntrup761 } from "../crypto/sntrup761.ts";
import { x448 } from "../crypto/x448.ts";
import type { E2eParams } from "./e2e-params.ts";
import { RatchetError } from "./errors.ts";
import { type X3dhKeys, x3dhKdf } from "./kdf.ts";
import type { E2eKeys } from "./keys.ts";
import type { RatchetKem } from "./state.ts";
import { pqRatchetVersion } from "./versions.ts";

/** What both sides agree on before their ratchets start. */
export interface X3dhAgreement extends X3dhKeys {
  /** The raw first keys of the joining side and of the other: 112 bytes, part of every message's authentication. */
  readonly associatedData: Uint8Array;
  /** The KEM secret that went into the keys, if one did. */
  readonly kemSecret: Uint8Array | undefined;
  /** The KEM keys that the ratchet goes on with. */
  readonly kem: RatchetKem | undefined;
}

/**
 * X3DH of the joining side, the one that sends first ("Initialization", Alice).
 *
 * @param own its new keys
 * @param peer the parameters of the invitation, or of an AgentRatchetKey
 * @throws RatchetError `RATCHET_KEM` when one side accepts a KEM that the other has not proposed
 * @throws CryptoError when a key of the peer is of low order
 */
export function x3dhSend(own: E2eKeys, peer: E2eParams): X3dhAgreement {
  if (peer.kem?.type === "accepted") {
    throw new RatchetError("RATCHET_KEM", "cannot agree on keys: the peer accepts a KEM not proposed");
  }
  const kem = peer.version >= pqRatchetVersion ? own.kem : undefined;
  if (kem?.type === "accepted" && peer.kem === undefined) {
    throw new RatchetError("RATCHET_KEM", "cannot agree on keys: the KEM accepted is not one proposed");
  }
  const kemSecret = kem?.type === "accepted" ? kem.sharedSecret : undefined;
  const keys = agree(
    x448.sharedSecret(own.key2.privateKey, peer.key1),
    x448.sharedSecret(own.key1.privateKey, peer.key2),
    x448.sharedSecret(own.key2.privateKey, peer.key2),
    kemSecret,
  );
  return {
    ...keys,
    associatedData: concat(own.key1.publicKey, peer.key1),
    kemSecret,
    kem: kem && {
      privateKey: kem.keyPair.privateKey,
      ciphertext: kem.type === "accepted" ? kem.ciphertext : undefined,
    },
  };
}

/**
 * X3DH of the side that created the connection ("Initialization", Bob).
 *
 * @param own the keys whose public part the joining side was given
 * @param peer the parameters that it replied with
 * @throws RatchetError `RATCHET_KEM` when the peer accepts a KEM that our keys don't propose
 * @throws CryptoError when a key of the peer is of low order
 */
export function x3dhReceive(own: E2eKeys, peer: E2eParams): X3dhAgreement {
  let kem: RatchetKem | undefined;
  let kemSecret: Uint8Array | undefined;
  // When both sides propose, as they do to start a broken ratchet anew, the KEM begins with a later step.
  if (peer.version >= pqRatchetVersion && peer.kem?.type === "accepted") {
    if (own.kem?.type !== "proposed") {
      throw new RatchetError("RATCHET_KEM", "cannot agree on keys: the peer accepts a KEM not proposed");
    }
    const { privateKey } = own.kem.keyPair;
    kemSecret = sntrup761.decapsulate(privateKey, peer.kem.ciphertext);
    kem = { privateKey, ciphertext: peer.kem.ciphertext };
  }
  const keys = agree(
    x448.sharedSecret(own.key1.privateKey, peer.key2),
    x448.sharedSecret(own.key2.privateKey, peer.key1),
    x448.sharedSecret(own.key2.privateKey, peer.key2),
    kemSecret,
  );
  return { ...keys, associatedData: concat(peer.key1, own.key1.publicKey), kemSecret, kem };
}

function agree(dh1: Uint8Array, dh2: Uint8Array, dh3: Uint8Array, kemSecret?: Uint8Array): X3dhKeys {
  return x3dhKdf(kemSecret === undefined ? [dh1, dh2, dh3] : [dh1, dh2, dh3, kemSecret.slice()]);
}
