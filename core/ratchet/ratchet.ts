/**
 * The post-quantum double ratchet: the end-to-end encryption of one connection.
 *
 * Its state is a value. `encrypt` and `decrypt` give a new one and never change the old one, so that the caller
 * stores the new state and the message in one transaction, and has lost nothing when that fails.
 * To start: the side that invites makes `invitationKeys` and stores them; the side that joins calls
 * `joinRatchet` and sends the parameters it returns; the inviting side passes them to `acceptRatchet`.
 */
import { compareBytes, concat } from "../bytes/index.ts";
import { sha256 } from "../crypto/hash.ts";
import type { Random } from "../crypto/random.ts";
import { wipe } from "../crypto/wipe.ts";
import { type Decrypted, decryptWith } from "./decrypt.ts";
import type { E2eParams, E2eParamsUri } from "./e2e-params.ts";
import { type EncryptOptions, encryptBody, encryptHeader } from "./encrypt.ts";
import { RatchetError } from "./errors.ts";
import type { KemParams } from "./kem-params.ts";
import { type E2eKeys, e2eParamsOf, type KemUse, newE2eKeys, randomKeys } from "./keys.ts";
import type { SkippedKeys } from "./skipped-keys.ts";
import { startReceiving, startSending } from "./start.ts";
import type { RatchetState } from "./state.ts";
import { ratchetVersions } from "./versions.ts";

export type { Decrypted } from "./decrypt.ts";
export {
  type E2eParams,
  type E2eParamsUri,
  e2eParams,
  e2eParamsOfVersion,
  e2eParamsUri,
} from "./e2e-params.ts";
export { formatE2eParamsUri, parseE2eParamsUri } from "./e2e-params-text.ts";
export {
  type BodyKey,
  type EncryptOptions,
  encryptBody,
  encryptHeader,
  supportsPqAfter,
} from "./encrypt.ts";
export { RatchetError, type RatchetErrorCode } from "./errors.ts";
export type { AcceptedKem, KemParams, ProposedKem } from "./kem-params.ts";
export { type E2eKeys, wipeKeys } from "./keys.ts";
export {
  applySkippedKeyChanges,
  expiredSkippedKeys,
  noSkippedKeys,
  type SkippedKey,
  type SkippedKeyChanges,
  type SkippedKeys,
  skippedInRowMax,
  skippedKeyLifetimeSeconds,
  skippedKeysMax,
  skippedKeysOf,
} from "./skipped-keys.ts";
export { type RatchetState, wipeSpent, wipeStates, withoutSending } from "./state.ts";
export { bodyKeyStorage, e2eKeysStorage, ratchetStateStorage, skippedKeyStorage } from "./storage.ts";
export { ratchetVersions } from "./versions.ts";

/** Keys that were made, and the parameters that tell the other side of them. */
export interface NewKeys<P> {
  readonly keys: E2eKeys;
  readonly params: P;
}

/** Keys for an invitation link. @param pq proposes the KEM: 1.2 KB more in the link */
export function invitationKeys(random: Random, pq: boolean): NewKeys<E2eParamsUri> {
  const { keys, params } = newKeys(random, ratchetVersions.max, pq);
  const { key1, key2, kem } = params;
  return { keys, params: { versions: ratchetVersions, key1, key2, kem } };
}

/** Keys to start a broken ratchet anew, for AgentRatchetKey. @param pq proposes the KEM */
export function restartKeys(random: Random, version: number, pq: boolean): NewKeys<E2eParams> {
  return newKeys(random, version, pq);
}

function newKeys(random: Random, version: number, pq: boolean): NewKeys<E2eParams> {
  const keys = newE2eKeys(randomKeys(random), version, { type: pq ? "propose" : "none" });
  return { keys, params: e2eParamsOf(keys, version) };
}

/**
 * The ratchet of the side that joins by an invitation. It can send at once.
 *
 * @param peer the parameters of the invitation, for the version agreed on
 * @param pq wants the KEM: accepts it when the invitation proposes it, otherwise proposes it
 * @returns the ratchet, and the parameters to send in the confirmation
 * @throws RatchetError `A_VERSION` for a version we don't speak, `RATCHET_KEM` when the invitation accepts a KEM
 * @throws CryptoError when one of its keys is of low order
 */
export function joinRatchet(
  random: Random,
  peer: E2eParams,
  pq: boolean,
): { readonly state: RatchetState; readonly params: E2eParams } {
  const { version } = requireVersion(peer);
  const source = randomKeys(random);
  const keys = newE2eKeys(source, version, replyKemUse(peer.kem, pq));
  const ratchetKey = source.dhKeyPair();
  const state = startSending({ current: version, max: ratchetVersions.max }, keys, ratchetKey, peer);
  const params = e2eParamsOf(keys, version);
  wipe(keys.key1.privateKey, keys.key2.privateKey);
  if (keys.kem?.type === "accepted") wipe(keys.kem.sharedSecret);
  return { state, params };
}

function requireVersion(peer: E2eParams): E2eParams {
  const { min, max } = ratchetVersions;
  if (peer.version < min || peer.version > max) {
    throw new RatchetError(
      "A_VERSION",
      `cannot start: ratchet version ${peer.version} is not ${min} to ${max}`,
    );
  }
  return peer;
}

function replyKemUse(peer: KemParams | undefined, pq: boolean): KemUse {
  if (!pq) return { type: "none" };
  return peer?.type === "proposed" ? { type: "accept", publicKey: peer.publicKey } : { type: "propose" };
}

/**
 * The ratchet of the side that invited. It can't send before it has decrypted the first message.
 *
 * @param keys those of the invitation
 * @param peer the parameters in the confirmation
 * @param pq whether this connection is to use the KEM
 * @throws RatchetError `A_VERSION` for a version we don't speak, `RATCHET_KEM` when the peer accepts a KEM that
 *   the invitation does not propose
 * @throws CryptoError when a key of the peer is of low order
 */
export function acceptRatchet(keys: E2eKeys, peer: E2eParams, pq: boolean): RatchetState {
  requireVersion(peer);
  return startReceiving({ current: peer.version, max: ratchetVersions.max }, keys, peer, pq);
}

/**
 * The new ratchet after both sides have sent AgentRatchetKey. Whose keys have the lower hash receives first;
 * the other side sends first, with EREADY.
 *
 * @param keys our own, as sent
 * @param peer the parameters received
 * @throws RatchetError `A_VERSION` for a version we don't speak, `RATCHET_KEM` when the peer accepts a KEM:
 *   here both sides propose
 * @throws CryptoError when a key of the peer is of low order
 */
export function restartRatchet(
  random: Random,
  keys: E2eKeys,
  peer: E2eParams,
  pq: boolean,
): { readonly state: RatchetState; readonly sendsFirst: boolean } {
  requireVersion(peer);
  if (peer.kem?.type === "accepted") {
    throw new RatchetError("RATCHET_KEM", "cannot restart: the peer accepts a KEM, where both propose");
  }
  const own = ratchetKeyHash(keys.key1.publicKey, keys.key2.publicKey);
  const sendsFirst = compareBytes(own, ratchetKeyHash(peer.key1, peer.key2)) > 0;
  if (!sendsFirst) return { state: acceptRatchet(keys, peer, pq), sendsFirst };
  const versions = { current: peer.version, max: ratchetVersions.max };
  const state = startSending(versions, keys, randomKeys(random).dhKeyPair(), peer);
  return { state, sendsFirst };
}

/**
 * Encrypts a message. To encrypt the body later, use `encryptHeader` and `encryptBody`.
 *
 * @param paddedLength length of the plaintext after padding, in bytes: 2 more than the longest that fits.
 *   Headers are 2,222 bytes longer with the KEM (`supportsPqAfter`); whoever calls takes that off.
 * @throws RatchetError `RATCHET_STATE` when this side has to receive a message first
 * @throws CryptoError when the plaintext does not fit
 */
export function encrypt(
  state: RatchetState,
  plaintext: Uint8Array,
  paddedLength: number,
  options: EncryptOptions = {},
): { readonly state: RatchetState; readonly message: Uint8Array } {
  const { state: next, bodyKey } = encryptHeader(state, options);
  const message = encryptBody(bodyKey, plaintext, paddedLength);
  wipe(bodyKey.messageKey.key);
  return { state: next, message };
}

/**
 * Decrypts a message. The state and the changes of the skipped keys belong into the transaction that stores
 * the plaintext. When it throws, nothing has changed: the genuine copy of a damaged message still decrypts.
 *
 * @param skipped the skipped keys of this ratchet
 * @throws RatchetError and nothing else; its `code` says why
 */
export function decrypt(
  state: RatchetState,
  skipped: SkippedKeys,
  message: Uint8Array,
  random: Random,
): Decrypted {
  return decryptWith(randomKeys(random), state, skipped, message);
}

/** What a ratchet does about the KEM. */
export interface PqStatus {
  /** What we send now is protected by the KEM. */
  readonly sends: boolean;
  /** What was received last was protected by the KEM. */
  readonly receives: boolean;
  /** The next step will use the KEM, if the peer does. */
  readonly enabled: boolean;
  /** Headers have room for the KEM, so that messages are shorter. */
  readonly supported: boolean;
}

export function pqStatus(state: RatchetState): PqStatus {
  return {
    sends: state.sendsPq,
    receives: state.receivesPq,
    enabled: state.enablesPq,
    supported: state.supportsPq,
  };
}

/** What AgentRatchetKey messages are told apart and ordered by: the SHA-256 of both raw X448 keys, 32 bytes. */
export function ratchetKeyHash(key1: Uint8Array, key2: Uint8Array): Uint8Array {
  return sha256(concat(key1, key2));
}

/** The security code of a connection, for people to compare: 32 bytes, the same on both sides. */
export function ratchetAdHash({ associatedData }: Pick<RatchetState, "associatedData">): Uint8Array {
  return sha256(associatedData);
}
