import { concat, decode, encode, Reader } from "../bytes/index.ts";
import { aesGcm } from "../crypto/aes-gcm.ts";
import type { KeyPair } from "../crypto/diffie-hellman.ts";
import { sha256 } from "../crypto/hash.ts";
import { decodePublicKey } from "../crypto/keys.ts";
import { type Sntrup761KeyPair, sntrup761PublicKeyOf } from "../crypto/sntrup761.ts";
import { x448 } from "../crypto/x448.ts";
import { type Decrypted, decryptWith } from "../ratchet/decrypt.ts";
import { type E2eParams, e2eParams, e2eParamsUri } from "../ratchet/e2e-params.ts";
import { formatE2eParamsUri, parseE2eParamsUri } from "../ratchet/e2e-params-text.ts";
import { type BodyKey, encryptBody, encryptHeader } from "../ratchet/encrypt.ts";
import { encryptedHeader, encryptedMessage } from "../ratchet/encrypted-message.ts";
import { chainKdf, rootKdf } from "../ratchet/kdf.ts";
import type { KemParams } from "../ratchet/kem-params.ts";
import { type E2eKeys, e2eParamsOf, type KemSecrets, type KeySource } from "../ratchet/keys.ts";
import { messageHeader, paddedHeaderLength } from "../ratchet/message-header.ts";
import { ratchetAdHash, ratchetKeyHash } from "../ratchet/ratchet.ts";
import { applySkippedKeyChanges, type SkippedKey, skippedKeysOf } from "../ratchet/skipped-keys.ts";
import { type RatchetVersions, startReceiving, startSending } from "../ratchet/start.ts";
import type { RatchetState } from "../ratchet/state.ts";
import { ratchetStateStorage } from "../ratchet/storage.ts";
import { x3dhReceive, x3dhSend } from "../ratchet/x3dh.ts";
import {
  array,
  expectBytes,
  expectFailure,
  expectSame,
  flag,
  hex,
  integer,
  object,
  optional,
  text,
  type VectorChecks,
} from "./vectors.ts";

type Json = Readonly<Record<string, unknown>>;

const x448Key = (der: unknown): Uint8Array => decodePublicKey(hex(der), "X448").key;

function kemParamsOf(value: unknown): KemParams {
  const kem = object(value);
  const publicKey = hex(kem["publicKey"]);
  return text(kem["type"]) === "P"
    ? { type: "proposed", publicKey }
    : { type: "accepted", ciphertext: hex(kem["ciphertext"]), publicKey };
}

function paramsOf(value: unknown): E2eParams {
  const params = object(value);
  return {
    version: integer(params["version"]),
    key1: x448Key(params["key1Der"]),
    key2: x448Key(params["key2Der"]),
    kem: optional(params["kem"], kemParamsOf),
  };
}

function keyPairOf(value: unknown): KeyPair {
  const pair = object(value);
  return { publicKey: hex(pair["public"]), privateKey: hex(pair["private"]) };
}

function kemSecretsOf(value: unknown): KemSecrets {
  const kem = object(value);
  const keyPair = { publicKey: hex(kem["publicKey"]), privateKey: hex(kem["secretKey"]) };
  if (text(kem["type"]) === "P") return { type: "proposed", keyPair };
  const ciphertext = hex(kem["ciphertext"]);
  return { type: "accepted", keyPair, ciphertext, sharedSecret: hex(kem["sharedKey"]) };
}

/** The keys of both parties, as all X3DH vectors have them. */
interface Parties {
  readonly versions: RatchetVersions;
  readonly alice: E2eKeys;
  readonly aliceRatchetKey: KeyPair;
  readonly bob: E2eKeys;
  readonly bobSupportsPq: boolean;
  readonly aliceParams: E2eParams;
  readonly bobParams: E2eParams;
}

function partiesOf(input: Json): Parties {
  const versions = object(input["versions"]);
  const bobPrivateKem = optional(input["bobKemSecretKey"], hex);
  const bobKem: KemSecrets | undefined = bobPrivateKem && {
    type: "proposed",
    keyPair: { publicKey: sntrup761PublicKeyOf(bobPrivateKem), privateKey: bobPrivateKem },
  };
  return {
    versions: { current: integer(versions["current"]), max: integer(versions["maxSupported"]) },
    alice: {
      key1: keyPairOf(input["aliceKey1"]),
      key2: keyPairOf(input["aliceKey2"]),
      kem: optional(input["aliceKem"], kemSecretsOf),
    },
    aliceRatchetKey: keyPairOf(input["aliceRatchetDHKey"]),
    bob: { key1: keyPairOf(input["bobKey1"]), key2: keyPairOf(input["bobKey2"]), kem: bobKem },
    bobSupportsPq: flag(input["bobPQSupport"]),
    aliceParams: paramsOf(input["aliceParams"]),
    bobParams: paramsOf(input["bobParams"]),
  };
}

/** Checks X3DH on both sides and the states they start with; gives those states. */
function start(input: Json, output: Json): { readonly alice: RatchetState; readonly bob: RatchetState } {
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
  expectSame(stateJson(states.alice), comparableState(object(output["aliceState"])), "aliceState");
  expectSame(stateJson(states.bob), comparableState(object(output["bobState"])), "bobState");
  return states;
}

const pairJson = ({ publicKey, privateKey }: KeyPair): Json => ({ public: publicKey, private: privateKey });

/** A state in the form of the vectors. It has to survive being stored. */
function stateJson(original: RatchetState): Json {
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
function comparableState(state: Json): Json {
  const kem = optional(state["kem"], object);
  const accepted = optional(kem?.["accepted"], object);
  if (kem === undefined || accepted === undefined) return state;
  return { ...state, kem: { ...kem, accepted: { sentCiphertext: accepted["sentCiphertext"] } } };
}

/** The reference forgets its ciphertext when the KEM is switched off; we keep it until the next step. */
function withoutCiphertext(state: Json): Json {
  const kem = optional(state["kem"], object);
  return kem === undefined ? state : { ...state, kem: { ...kem, accepted: null } };
}

function skippedJson(keys: readonly SkippedKey[]): readonly unknown[] {
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

function skippedOf(value: unknown): readonly SkippedKey[] {
  return array(value).map((item) => {
    const key = object(item);
    return {
      headerKey: hex(key["headerKey"]),
      number: integer(key["msgNs"]),
      messageKey: { key: hex(key["messageKey"]), iv: hex(key["iv"]) },
    };
  });
}

/** The keys that the reference generated in a step. */
function recordedKeys(changes: Json): KeySource {
  const kem = optional(changes["kem"], object);
  const due = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error("a key is generated that the reference did not generate");
    return value;
  };
  return {
    dhKeyPair: () => keyPairOf(due(changes["dhs"])),
    kemKeyPair(): Sntrup761KeyPair {
      const { publicKey, secretKey } = due(kem);
      return { publicKey: hex(publicKey), privateKey: hex(secretKey) };
    },
    encapsulate(publicKey) {
      const accepted = object(due(kem)["accepted"]);
      expectBytes(publicKey, accepted["receivedPublicKey"], "key to encapsulate to");
      return { ciphertext: hex(accepted["sentCiphertext"]), sharedSecret: hex(accepted["sharedKey"]) };
    },
  };
}

const names = ["alice", "bob"] as const;
type Name = (typeof names)[number];

/** Follows a recorded conversation with one state of ours for each party. */
class Conversation {
  readonly #ratchets: Record<Name, RatchetState>;
  /** What the reference's states are, in our comparison. */
  readonly #recorded: Record<Name, Json>;
  readonly #skipped: Record<Name, readonly SkippedKey[]> = { alice: [], bob: [] };
  readonly #messages = new Map<number, Uint8Array>();

  constructor(input: Json, output: Json) {
    this.#ratchets = start(input, output);
    this.#recorded = { alice: object(output["aliceState"]), bob: object(output["bobState"]) };
  }

  step(step: Json): void {
    const party = text(step["party"]) === "alice" ? "alice" : "bob";
    const op = text(step["op"]);
    const changes = object(step["stateChanges"]);
    this.#recorded[party] = { ...this.#recorded[party], ...changes };
    if (op === "encrypt") this.#encrypt(party, step);
    else if (op === "encryptAndLose") this.#lose(party, step);
    else if (op === "decrypt" && step["error"] === undefined) this.#decrypt(party, step, changes);
    else if (op === "decrypt") this.#fail(party, step, changes);
    else throw new Error(`no check for step ${op}`);
    this.#compare(party);
    const skipped = optional(step["skippedKeys"], skippedOf);
    if (skipped !== undefined) {
      expectSame(skippedJson(this.#skipped[party]), skippedJson(skipped), "skippedKeys");
    }
  }

  finish(output: Json): void {
    for (const [party, final, skipped] of [
      ["alice", "finalAlice", "finalSkippedAlice"],
      ["bob", "finalBob", "finalSkippedBob"],
    ] as const) {
      this.#recorded[party] = object(output[final]);
      this.#compare(party);
      const due = optional(output[skipped], skippedOf);
      if (due !== undefined) expectSame(skippedJson(this.#skipped[party]), skippedJson(due), skipped);
    }
  }

  #compare(party: Name): void {
    const recorded = comparableState(this.#recorded[party]);
    const forgets = !flag(recorded["enableKEM"]);
    const own = stateJson(this.#ratchets[party]);
    expectSame(forgets ? withoutCiphertext(own) : own, recorded, `state of ${party}`);
  }

  #encrypt(party: Name, step: Json): void {
    const before = this.#ratchets[party];
    const { state, bodyKey } = encryptHeader(before, {
      pq: optional(step["pqEnc"], flag),
      supportedVersion: integer(step["supportedE2EVersion"]),
    });
    const message = encryptBody(bodyKey, hex(step["plaintext"]), integer(step["paddedLength"]));
    expectBytes(message, step["ciphertext"], "ciphertext");
    expectBytes(bodyKey.messageKey.key, step["messageKey"], "messageKey");
    expectBytes(bodyKey.messageKey.iv, step["messageIV"], "messageIV");
    this.#checkHeader(before, bodyKey, step);
    this.#messages.set(integer(step["message"]), message);
    this.#ratchets[party] = state;
  }

  #checkHeader(before: RatchetState, bodyKey: BodyKey, step: Json): void {
    const due = object(step["header"]);
    const { version, iv, sealed } = decode(encryptedHeader, bodyKey.header);
    expectSame(version, due["ehVersion"], "ehVersion");
    expectBytes(iv, step["headerIV"], "headerIV");
    expectSame(sealed.ciphertext.length, due["paddedHeaderLength"], "paddedHeaderLength");
    const headerKey = before.sending?.headerKey ?? new Uint8Array(0);
    const encoded = aesGcm.openPadded(headerKey, iv, before.associatedData, sealed);
    if (due["encoded"] === undefined) expectBytes(sha256(encoded), due["encodedSha256"], "encodedSha256");
    else expectBytes(encoded, due["encoded"], "header");
    const header = decode(messageHeader(version), encoded);
    const kemType = header.kem === undefined ? null : header.kem.type === "proposed" ? "P" : "A";
    const found = {
      dhPublic: header.dhPublicKey,
      kemType,
      maxVersion: header.maxVersion,
      ns: header.number,
      pn: header.previousCount,
    };
    for (const [name, value] of Object.entries(found)) expectSame(value, due[name], name);
  }

  #lose(party: Name, step: Json): void {
    for (let i = integer(step["count"]); i > 0; i--) {
      const { state, bodyKey } = encryptHeader(this.#ratchets[party]);
      encryptBody(bodyKey, new Uint8Array(4), integer(step["paddedLength"]));
      this.#ratchets[party] = state;
    }
  }

  #open(party: Name, message: Uint8Array, changes: Json): Decrypted {
    const skipped = skippedKeysOf(this.#skipped[party]);
    return decryptWith(recordedKeys(changes), this.#ratchets[party], skipped, message);
  }

  #decrypt(party: Name, step: Json, changes: Json): void {
    const { state, skipped, plaintext } = this.#open(party, this.#messageOf(step), changes);
    expectBytes(plaintext, step["plaintext"], "plaintext");
    this.#ratchets[party] = state;
    this.#skipped[party] = applySkippedKeyChanges(this.#skipped[party], skipped);
  }

  /**
   * A message that has to be rejected. Where the reference goes on all the same, its state is the one that the
   * genuine message leads to: we must not have gone on, so that the genuine message still takes us there.
   */
  #fail(party: Name, step: Json, changes: Json): void {
    const genuine = this.#messageOf({ message: step["message"] });
    const message = this.#messageOf(step);
    const before = encode(ratchetStateStorage, this.#ratchets[party]).slice();
    expectFailure(() => this.#open(party, message, changes), "message");
    expectBytes(before, hexOf(encode(ratchetStateStorage, this.#ratchets[party])), "state after a failure");
    if (Object.keys(changes).length === 0) return;
    const { state, skipped } = this.#open(party, genuine, changes);
    this.#ratchets[party] = state;
    this.#skipped[party] = applySkippedKeyChanges(this.#skipped[party], skipped);
  }

  #messageOf(step: Json): Uint8Array {
    const changed = optional(step["ciphertext"], hex);
    const message = changed ?? this.#messages.get(integer(step["message"]));
    if (message === undefined) throw new Error("a message is decrypted that was not encrypted");
    return message;
  }
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const checks: VectorChecks = {
  e2eParams({ input, output }) {
    const params = paramsOf(input["params"]);
    expectBytes(encode(e2eParams, params), output["encoded"]);
    const sent = params.version >= 3 ? params : { ...params, kem: undefined };
    expectSame(decode(e2eParams, hex(output["encoded"])), sent, "decoded");
  },
  e2eParamsUri({ input, output }) {
    const range = object(input["versionRange"]);
    const params = {
      versions: { min: integer(range["min"]), max: integer(range["max"]) },
      key1: x448Key(input["key1Der"]),
      key2: x448Key(input["key2Der"]),
      kem: optional(input["kem"], kemParamsOf),
    };
    expectBytes(encode(e2eParamsUri, params), output["encoded"]);
    expectSame(decode(e2eParamsUri, hex(output["encoded"])), params, "decoded");
    expectSame(formatE2eParamsUri(params), output["string"], "string");
    const sent = params.versions.max >= 3 ? params : { ...params, kem: undefined };
    expectSame(parseE2eParamsUri(text(output["string"])), sent, "parsed");
  },
  x3dh({ input, output }) {
    start(input, output);
  },
  rootKdf({ input, output }) {
    const privateKey = hex(input["privateKey"]);
    const publicKey = hex(input["publicKey"]);
    const kemSecret = optional(input["kemSharedKey"], hex);
    const keys = rootKdf(hex(input["rootKey"]), privateKey, publicKey, kemSecret);
    expectBytes(keys.rootKey, output["newRootKey"], "newRootKey");
    expectBytes(keys.chainKey, output["chainKey"], "chainKey");
    expectBytes(keys.nextHeaderKey, output["nextHeaderKey"], "nextHeaderKey");
    expectBytes(x448.sharedSecret(privateKey, publicKey), output["dhSecret"], "dhSecret");
  },
  chainKdf({ input, output }) {
    const { chainKey, messageKey, headerIv } = chainKdf(hex(input["chainKey"]));
    expectBytes(chainKey, output["newChainKey"], "newChainKey");
    expectBytes(messageKey.key, output["messageKey"], "messageKey");
    expectBytes(messageKey.iv, output["messageIV"], "messageIV");
    expectBytes(headerIv, output["headerIV"], "headerIV");
  },
  msgHeader({ input, output }) {
    const version = integer(input["currentVersion"]);
    const header = {
      maxVersion: integer(input["maxVersion"]),
      dhPublicKey: x448Key(input["dhPublicKeyDer"]),
      kem: optional(input["kem"], kemParamsOf),
      previousCount: integer(input["pn"]),
      number: integer(input["ns"]),
    };
    const encoded = encode(messageHeader(version), header);
    expectBytes(encoded, output["encoded"]);
    expectSame(encoded.length, output["length"], "length");
    const sent = version >= 3 ? header : { ...header, kem: undefined };
    expectSame(messageHeader(version).decode(new Reader(hex(output["encoded"]))), sent, "decoded");
  },
  encMessageHeader({ input, output }) {
    const header = {
      version: integer(input["ehVersion"]),
      iv: hex(input["ehIV"]),
      sealed: { tag: hex(input["ehAuthTag"]), ciphertext: hex(input["ehBody"]) },
    };
    expectBytes(encode(encryptedHeader, header), output["encoded"]);
    expectSame(decode(encryptedHeader, hex(output["encoded"])), header, "decoded");
  },
  encRatchetMessage({ input, output }) {
    const codec = encryptedMessage(integer(input["currentVersion"]));
    const message = {
      header: hex(input["emHeader"]),
      sealed: { tag: hex(input["emAuthTag"]), ciphertext: hex(input["emBody"]) },
    };
    expectBytes(encode(codec, message), output["encoded"]);
    expectSame(decode(codec, hex(output["encoded"])), message, "decoded");
  },
  encryptMessage({ input, output }) {
    const due = decode(encryptedHeader, hex(output["encMessageHeader"]));
    const { version } = due;
    const associatedData = hex(input["associatedData"]);
    const headerKey = hex(input["headerKey"]);
    const headerIv = hex(input["headerIV"]);
    const paddedLength = integer(input["paddedHeaderLength"]);
    if (paddedLength !== paddedHeaderLength(version, paddedLength > 88)) {
      throw new Error("padded header length is not one of ours");
    }
    const sealed = aesGcm.sealPadded(headerKey, headerIv, associatedData, hex(input["header"]), paddedLength);
    const header = encode(encryptedHeader, { version, iv: headerIv, sealed });
    expectBytes(header, output["encMessageHeader"], "encMessageHeader");
    const messageKey = { key: hex(input["messageKey"]), iv: hex(input["messageIV"]) };
    const bodyKey = { version, messageKey, associatedData, header };
    const encrypted = encryptBody(bodyKey, hex(input["message"]), integer(input["paddedLength"]));
    expectBytes(encrypted, output["encRatchetMessage"], "encRatchetMessage");

    const message = decode(encryptedMessage(version), hex(output["encRatchetMessage"]));
    const ad = concat(associatedData, message.header);
    expectBytes(aesGcm.openPadded(messageKey.key, messageKey.iv, ad, message.sealed), input["message"]);
    expectBytes(
      aesGcm.openPadded(headerKey, due.iv, associatedData, due.sealed),
      input["header"],
      "decrypted header",
    );
  },
  ratchetKeyHash({ input, output }) {
    const key1 = keyPairOf(input["key1"]).publicKey;
    const key2 = keyPairOf(input["key2"]).publicKey;
    expectBytes(ratchetKeyHash(key1, key2), output["hash"]);
  },
  ratchetAdHash({ input, output }) {
    expectBytes(ratchetAdHash({ associatedData: hex(input["associatedData"]) }), output["hash"]);
  },
  conversation({ input, output }) {
    const conversation = new Conversation(input, output);
    array(output["steps"]).forEach((step, i) => {
      try {
        conversation.step(object(step));
      } catch (error) {
        throw new Error(`step ${i}: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    conversation.finish(output);
  },
};
