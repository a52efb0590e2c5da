import { decode, encode, hexEncode } from "../../bytes/index.ts";
import { aesGcm } from "../../crypto/aes-gcm.ts";
import { sha256 } from "../../crypto/hash.ts";
import { type Decrypted, decryptWith } from "../../ratchet/decrypt.ts";
import { type BodyKey, encryptBody, encryptHeader } from "../../ratchet/encrypt.ts";
import { encryptedHeader } from "../../ratchet/encrypted-message.ts";
import { RatchetError, type RatchetErrorCode } from "../../ratchet/errors.ts";
import { messageHeader } from "../../ratchet/message-header.ts";
import { applySkippedKeyChanges, type SkippedKey, skippedKeysOf } from "../../ratchet/skipped-keys.ts";
import type { RatchetState } from "../../ratchet/state.ts";
import { ratchetStateStorage } from "../../ratchet/storage.ts";
import {
  expectBytes,
  expectFailure,
  expectSame,
  flag,
  hex,
  integer,
  type Json,
  object,
  oneOf,
  optional,
  text,
} from "../vectors.ts";
import { comparableState, skippedJson, start, stateJson, withoutCiphertext } from "./states.ts";
import { recordedKeys, skippedOf } from "./values.ts";

type Name = "alice" | "bob";

/** Version, initialisation vector and tag: what is around the length and the ciphertext of a header, in bytes. */
const aroundHeader = 2 + 16 + 16;

/** The reference's words for the errors of a ratchet. */
const errorNames: Readonly<Partial<Record<RatchetErrorCode, string>>> = {
  A_MESSAGE: "CryptoHeaderError",
  RATCHET_HEADER: "CERatchetHeader",
  A_DUPLICATE: "CERatchetDuplicateMessage",
  RATCHET_EARLIER: "CERatchetEarlierMessage",
  RATCHET_SKIPPED: "CERatchetTooManySkipped",
  DECRYPT_AES: "AESDecryptError",
};

function errorText(error: unknown): string {
  if (!(error instanceof RatchetError)) return String(error);
  const name = errorNames[error.code] ?? error.code;
  return error.count === undefined ? name : `${name} ${error.count}`;
}

/** What the reference's parser says is its own; the numbers in its errors are for us, too. */
function withoutDetail(error: string): string {
  return error.replace(/ ".*"$/, "");
}

/** What was done to a message, in the words of the vectors. */
function corrupted(message: Uint8Array, how: string): Uint8Array {
  const [, length] = /^truncated to (\d+) bytes$/.exec(how) ?? [];
  if (length !== undefined) return message.slice(0, Number(length));
  const [, which] = /^(last byte|byte \d+) \((?:message body|header auth tag)\) flipped$/.exec(how) ?? [];
  if (which === undefined) throw new Error(`corruption "${how}" is not known`);
  const at = which === "last byte" ? message.length - 1 : Number(which.slice("byte ".length));
  return message.map((byte, i) => (i === at ? byte ^ 1 : byte));
}

/** Follows a recorded conversation with one state of ours for each party. */
export class Conversation {
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
    const party = oneOf(step["party"], "alice", "bob");
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
      expectSame(this.#recorded[party], output[final], final);
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
    const prefix = bodyKey.header.length - aroundHeader - sealed.ciphertext.length;
    expectSame(prefix, due["headerLengthPrefixBytes"], "headerLengthPrefixBytes");
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
    const error = expectFailure(() => this.#open(party, message, changes), "message");
    expectSame(errorText(error), withoutDetail(text(step["error"])), "error");
    const corruption = optional(step["corruption"], text);
    if (corruption !== undefined) expectBytes(corrupted(genuine, corruption), step["ciphertext"], corruption);
    expectBytes(
      before,
      hexEncode(encode(ratchetStateStorage, this.#ratchets[party])),
      "state after a failure",
    );
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
