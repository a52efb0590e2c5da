import { concat, encode } from "../bytes/index.ts";
import { aesGcm } from "../crypto/aes-gcm.ts";
import { sntrup761PublicKeyOf } from "../crypto/sntrup761.ts";
import { encryptedHeader, encryptedMessage } from "./encrypted-message.ts";
import { RatchetError } from "./errors.ts";
import { chainKdf, type MessageKey } from "./kdf.ts";
import type { KemParams } from "./kem-params.ts";
import { messageHeader, paddedHeaderLength } from "./message-header.ts";
import type { RatchetKem, RatchetState } from "./state.ts";
import { pqRatchetVersion, ratchetVersions } from "./versions.ts";

/** What a message is sent with. */
export interface EncryptOptions {
  /** Turns the KEM on or off from the next ratchet step on; undefined leaves it as it is. */
  readonly pq?: boolean | undefined;
  /** The highest ratchet version we speak; 3 unless a test says otherwise. */
  readonly supportedVersion?: number;
}

/** All that the body of a message still needs. It can be stored, and used once. */
export interface BodyKey {
  readonly version: number;
  readonly messageKey: MessageKey;
  /** The ratchet's associated data, which authenticates the body together with the header. */
  readonly associatedData: Uint8Array;
  /** The encrypted header. */
  readonly header: Uint8Array;
}

/**
 * The first half of encrypting: takes the next message key and encrypts the header ("Encrypting messages").
 * The ratchet goes on even if the body is encrypted much later.
 *
 * @throws RatchetError `RATCHET_STATE` when this side has to receive a message first
 */
export function encryptHeader(
  state: RatchetState,
  options: EncryptOptions = {},
): { readonly state: RatchetState; readonly bodyKey: BodyKey } {
  const { sending, currentVersion: version, associatedData } = state;
  if (sending === undefined) {
    throw new RatchetError("RATCHET_STATE", "cannot encrypt: no message was received yet");
  }
  const { pq, supportedVersion = ratchetVersions.max } = options;
  const { chainKey, messageKey, headerIv } = chainKdf(sending.chainKey);
  const enablesPq = pq ?? state.enablesPq;
  const supportsPq = supportsPqAfter(state, pq);
  const maxVersion = Math.max(supportedVersion, pq === true ? pqRatchetVersion : version);
  const header = encode(messageHeader(version), {
    maxVersion,
    dhPublicKey: state.dhKeyPair.publicKey,
    kem: state.kem && kemParamsOf(state.kem),
    previousCount: state.previousCount,
    number: state.sendNumber,
  });
  const sealed = aesGcm.sealPadded(
    sending.headerKey,
    headerIv,
    associatedData,
    header,
    paddedHeaderLength(version, supportsPq),
  );
  return {
    state: {
      ...state,
      maxVersion,
      // When the KEM is switched off, its parameters stay in the headers until the next step: the sending
      // chain may have a KEM secret in it, which the peer needs whichever of our messages arrives first.
      enablesPq,
      supportsPq,
      sending: { ...sending, chainKey },
      sendNumber: state.sendNumber + 1,
    },
    bodyKey: {
      version,
      messageKey,
      associatedData,
      header: encode(encryptedHeader, { version, iv: headerIv, sealed }).slice(),
    },
  };
}

/** Whether headers have room for the KEM in a message sent with this choice of `pq`. */
export function supportsPqAfter(state: RatchetState, pq?: boolean): boolean {
  return state.supportsPq || (state.currentVersion >= pqRatchetVersion && (pq ?? state.enablesPq));
}

function kemParamsOf({ privateKey, ciphertext }: RatchetKem): KemParams {
  const publicKey = sntrup761PublicKeyOf(privateKey);
  return ciphertext === undefined
    ? { type: "proposed", publicKey }
    : { type: "accepted", ciphertext, publicKey };
}

/**
 * The second half of encrypting: the whole message with its body.
 *
 * @param paddedLength length of the plaintext after padding, in bytes: 2 more than the longest that fits
 * @throws CryptoError when the plaintext does not fit
 */
export function encryptBody(bodyKey: BodyKey, plaintext: Uint8Array, paddedLength: number): Uint8Array {
  const { version, messageKey, associatedData, header } = bodyKey;
  const sealed = aesGcm.sealPadded(
    messageKey.key,
    messageKey.iv,
    concat(associatedData, header),
    plaintext,
    paddedLength,
  );
  return encode(encryptedMessage(version), { header, sealed });
}
