import type { KeyPair } from "../crypto/diffie-hellman.ts";
import { wipe } from "../crypto/wipe.ts";
import type { E2eParams } from "./e2e-params.ts";
import { rootKdf } from "./kdf.ts";
import type { E2eKeys } from "./keys.ts";
import type { RatchetState } from "./state.ts";
import { type X3dhAgreement, x3dhReceive, x3dhSend } from "./x3dh.ts";

/** The version a ratchet starts with, and the highest its owner speaks. */
export interface RatchetVersions {
  readonly current: number;
  readonly max: number;
}

function startOf(agreement: X3dhAgreement, { current, max }: RatchetVersions) {
  return {
    currentVersion: current,
    maxVersion: max,
    associatedData: agreement.associatedData,
    kem: agreement.kem,
    receivesPq: false,
    receiving: undefined,
    sendNumber: 0,
    receiveNumber: 0,
    previousCount: 0,
  };
}

/**
 * The ratchet of the side that sends first ("Initialization", RatchetInitAlicePQ2HE).
 *
 * @param ratchetKey its X448 key of the first step, which is neither of the keys in `own`
 * @throws RatchetError `RATCHET_KEM` when the KEM keys don't fit together
 * @throws CryptoError when a key of the peer is of low order
 */
export function startSending(
  versions: RatchetVersions,
  own: E2eKeys,
  ratchetKey: KeyPair,
  peer: E2eParams,
): RatchetState {
  const agreement = x3dhSend(own, peer);
  const { rootKey, headerKey, nextHeaderKey, kemSecret, kem } = agreement;
  const peerKey = peer.key2.slice();
  const keys = rootKdf(rootKey, ratchetKey.privateKey, peerKey, kemSecret);
  wipe(rootKey);
  return {
    ...startOf(agreement, versions),
    dhKeyPair: ratchetKey,
    supportsPq: kem !== undefined,
    enablesPq: kem !== undefined,
    sendsPq: kemSecret !== undefined,
    rootKey: keys.rootKey,
    sending: { peerKey, chainKey: keys.chainKey, headerKey },
    nextSendHeaderKey: keys.nextHeaderKey,
    nextReceiveHeaderKey: nextHeaderKey,
  };
}

/**
 * The ratchet of the side that receives first ("Initialization", RatchetInitBobPQ2HE). It can't send before
 * it has received.
 *
 * @param supportsPq whether this side wants the KEM
 * @throws RatchetError `RATCHET_KEM` when the KEM keys don't fit together
 * @throws CryptoError when a key of the peer is of low order
 */
export function startReceiving(
  versions: RatchetVersions,
  own: E2eKeys,
  peer: E2eParams,
  supportsPq: boolean,
): RatchetState {
  const agreement = x3dhReceive(own, peer);
  return {
    ...startOf(agreement, versions),
    dhKeyPair: own.key2,
    supportsPq,
    enablesPq: supportsPq,
    sendsPq: false,
    rootKey: agreement.rootKey,
    sending: undefined,
    nextSendHeaderKey: agreement.nextHeaderKey,
    nextReceiveHeaderKey: agreement.headerKey,
  };
}
