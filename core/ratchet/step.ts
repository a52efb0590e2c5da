import { sntrup761 } from "../crypto/sntrup761.ts";
import { wipe } from "../crypto/wipe.ts";
import { RatchetError } from "./errors.ts";
import { rootKdf } from "./kdf.ts";
import type { KeySource } from "./keys.ts";
import type { MessageHeader } from "./message-header.ts";
import type { RatchetKem, RatchetState } from "./state.ts";
import { pqRatchetVersion } from "./versions.ts";

/** What a step does with the KEM. */
interface KemStep {
  /** The secret that the peer encapsulated for the receiving chain. */
  readonly receiveSecret: Uint8Array | undefined;
  /** The secret that we encapsulate for the sending chain. */
  readonly sendSecret: Uint8Array | undefined;
  readonly kem: RatchetKem | undefined;
}

/**
 * A step of the ratchet with a new key of the peer ("Decrypting messages", DHRatchetPQ2HE): new receiving and
 * sending chains.
 *
 * @throws RatchetError `RATCHET_KEM` when the peer accepts a KEM that we did not propose
 * @throws CryptoError when its key is of low order
 */
export function ratchetStep(state: RatchetState, header: MessageHeader, source: KeySource): RatchetState {
  const { receiveSecret, sendSecret, kem } = kemStep(state, header, source);
  const dhKeyPair = source.dhKeyPair();
  const peerKey = header.dhPublicKey.slice();
  const receive = rootKdf(state.rootKey, state.dhKeyPair.privateKey, peerKey, receiveSecret);
  const send = rootKdf(receive.rootKey, dhKeyPair.privateKey, peerKey, sendSecret);
  wipe(receive.rootKey);
  if (receiveSecret !== undefined) wipe(receiveSecret);
  if (sendSecret !== undefined) wipe(sendSecret);
  const sendsPq = sendSecret !== undefined;
  const receivesPq = receiveSecret !== undefined;
  const enablesPq = sendsPq || receivesPq || kem !== undefined;
  return {
    currentVersion: state.currentVersion,
    maxVersion: state.maxVersion,
    associatedData: state.associatedData,
    dhKeyPair,
    kem,
    supportsPq: state.supportsPq || (enablesPq && state.currentVersion >= pqRatchetVersion),
    enablesPq,
    sendsPq,
    receivesPq,
    rootKey: send.rootKey,
    sending: { peerKey, chainKey: send.chainKey, headerKey: state.nextSendHeaderKey },
    receiving: { chainKey: receive.chainKey, headerKey: state.nextReceiveHeaderKey },
    sendNumber: 0,
    receiveNumber: 0,
    previousCount: state.sendNumber,
    nextSendHeaderKey: send.nextHeaderKey,
    nextReceiveHeaderKey: receive.nextHeaderKey,
  };
}

function kemStep(state: RatchetState, header: MessageHeader, source: KeySource): KemStep {
  const usesKem = state.enablesPq && state.currentVersion >= pqRatchetVersion;
  if (header.kem === undefined) {
    // The peer has no KEM: propose one, but stop when one was proposed already and the peer did not take it.
    const proposes = usesKem && state.kem === undefined;
    const kem = proposes ? { privateKey: source.kemKeyPair().privateKey, ciphertext: undefined } : undefined;
    return { receiveSecret: undefined, sendSecret: undefined, kem };
  }
  const receiveSecret =
    header.kem.type === "accepted" ? decapsulate(state, header.kem.ciphertext) : undefined;
  if (!usesKem) return { receiveSecret, sendSecret: undefined, kem: undefined };
  const { ciphertext, sharedSecret } = source.encapsulate(header.kem.publicKey);
  const { privateKey } = source.kemKeyPair();
  return { receiveSecret, sendSecret: sharedSecret, kem: { privateKey, ciphertext } };
}

function decapsulate({ kem }: RatchetState, ciphertext: Uint8Array): Uint8Array {
  if (kem === undefined) {
    throw new RatchetError("RATCHET_KEM", "cannot decrypt: the header accepts a KEM that was not proposed");
  }
  return sntrup761.decapsulate(kem.privateKey, ciphertext);
}
