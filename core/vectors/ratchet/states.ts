import { decode, encode, hexEncode } from "../../bytes/index.ts";
import type { KeyPair } from "../../crypto/diffie-hellman.ts";
import { sntrup761PublicKeyOf } from "../../crypto/sntrup761.ts";
import { e2eParams } from "../../ratchet/e2e-params.ts";
import { e2eParamsOf } from "../../ratchet/keys.ts";
import type { SkippedKey } from "../../ratchet/skipped-keys.ts";
import { startReceiving, startSending } from "../../ratchet/start.ts";
import type { RatchetState } from "../../ratchet/state.ts";
import { ratchetStateStorage } from "../../ratchet/storage.ts";
import { x3dhReceive, x3dhSend } from "../../ratchet/x3dh.ts";
import { expectBytes, expectSame, type Json, object, optional } from "../vectors.ts";
import { partiesOf } from "./values.ts";

/** Checks X3DH on both sides and the states they start with; gives those states. */
export function start(
  input: Json,
  output: Json,
): { readonly alice: RatchetState; readonly bob: RatchetState } {
  const { versions, alice, aliceRatchetKey, bob, bobSupportsPq, aliceParams, bobParams } = partiesOf(input);
  expectSame(e2eParamsOf(alice, aliceParams.version), aliceParams, "aliceParams");
  expectSame(e2eParamsOf(bob, bobParams.version), bobParams, "bobParams");
  expectBytes(encode(e2eParams, aliceParams), input["aliceParamsEncoded"], "aliceParamsEncoded");
  expectBytes(encode(e2eParams, bobParams), input["bobParamsEncoded"], "bobParamsEncoded");
  for (const [name, agreement] of [
    ["aliceInit", x3dhSend(alice, bobParams)],
    ["bobInit", x3dhReceive(bob, aliceParams)],
  ] as const) {
    const { associatedData, kemSecret, rootKey, headerKey, nextHeaderKey } = agreement;
    const found = {
      assocData: associatedData,
      kemSharedKey: kemSecret ?? null,
      ratchetKey: rootKey,
      rcvNextHK: nextHeaderKey,
      sndHK: headerKey,
    };
    expectSame(found, output[name], name);
  }
  const states = {
    alice: startSending(versions, alice, aliceRatchetKey, bobParams),
    bob: startReceiving(versions, bob, aliceParams, bobSupportsPq),
  };
  checkAccepted(output["aliceState"], object(output["aliceInit"])["kemSharedKey"], bobParams.kem?.publicKey);
  checkAccepted(output["bobState"], object(output["bobInit"])["kemSharedKey"], aliceParams.kem?.publicKey);
  expectSame(stateJson(states.alice), comparableState(object(output["aliceState"])), "aliceState");
  expectSame(stateJson(states.bob), comparableState(object(output["bobState"])), "bobState");
  return states;
}

/** What a state of the vectors has of a KEM that was accepted, and we don't keep: it comes from X3DH. */
function checkAccepted(state: unknown, sharedKey: unknown, peerKey: Uint8Array | undefined): void {
  const accepted = optional(optional(object(state)["kem"], object)?.["accepted"], object);
  if (accepted === undefined) return;
  expectSame(accepted["sharedKey"], sharedKey, "sharedKey of the accepted KEM");
  expectSame(accepted["receivedPublicKey"], peerKey && hexEncode(peerKey), "receivedPublicKey");
}

export const pairJson = ({ publicKey, privateKey }: KeyPair): Json => ({
  public: publicKey,
  private: privateKey,
});

/** A state in the form of the vectors. It has to survive being stored. */
export function stateJson(original: RatchetState): Json {
  const state = decode(ratchetStateStorage, encode(ratchetStateStorage, original));
  const { kem, sending, receiving } = state;
  return {
    ad: state.associatedData,
    dhs: pairJson(state.dhKeyPair),
    enableKEM: state.enablesPq,
    kem: kem
      ? {
          publicKey: sntrup761PublicKeyOf(kem.privateKey),
          secretKey: kem.privateKey,
          accepted: kem.ciphertext ? { sentCiphertext: kem.ciphertext } : null,
        }
      : null,
    nextRcvHeaderKey: state.nextReceiveHeaderKey,
    nextSndHeaderKey: state.nextSendHeaderKey,
    nr: state.receiveNumber,
    ns: state.sendNumber,
    pn: state.previousCount,
    rcv: receiving ? { chainKey: receiving.chainKey, headerKey: receiving.headerKey } : null,
    rcvKEM: state.receivesPq,
    rootKey: state.rootKey,
    snd: sending
      ? { chainKey: sending.chainKey, dhrPublic: sending.peerKey, headerKey: sending.headerKey }
      : null,
    sndKEM: state.sendsPq,
    supportKEM: state.supportsPq,
    version: { current: state.currentVersion, maxSupported: state.maxVersion },
  };
}

/** A state of the vectors without what we don't keep: a KEM secret and a peer's key that are used up. */
export function comparableState(state: Json): Json {
  const kem = optional(state["kem"], object);
  const accepted = optional(kem?.["accepted"], object);
  if (kem === undefined || accepted === undefined) return state;
  return { ...state, kem: { ...kem, accepted: { sentCiphertext: accepted["sentCiphertext"] } } };
}

/** The reference forgets its ciphertext when the KEM is switched off; we keep it until the next step. */
export function withoutCiphertext(state: Json): Json {
  const kem = optional(state["kem"], object);
  return kem === undefined ? state : { ...state, kem: { ...kem, accepted: null } };
}

export function skippedJson(keys: readonly SkippedKey[]): readonly unknown[] {
  return keys
    .map(({ headerKey, number, messageKey: { key, iv } }) => ({
      headerKey,
      iv,
      messageKey: key,
      msgNs: number,
    }))
    .map((key) => JSON.stringify(key, (_, value) => (value instanceof Uint8Array ? [...value] : value)))
    .sort();
}
