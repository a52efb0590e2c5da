import type { KeyPair } from "../../crypto/diffie-hellman.ts";
import { decodePublicKey } from "../../crypto/keys.ts";
import { type Sntrup761KeyPair, sntrup761PublicKeyOf } from "../../crypto/sntrup761.ts";
import type { E2eParams } from "../../ratchet/e2e-params.ts";
import type { KemParams } from "../../ratchet/kem-params.ts";
import type { E2eKeys, KemSecrets, KeySource } from "../../ratchet/keys.ts";
import type { SkippedKey } from "../../ratchet/skipped-keys.ts";
import type { RatchetVersions } from "../../ratchet/start.ts";
import { array, expectBytes, flag, hex, integer, type Json, object, oneOf, optional } from "../vectors.ts";

export const x448Key = (der: unknown): Uint8Array => decodePublicKey(hex(der), "X448").key;

export function kemParamsOf(value: unknown): KemParams {
  const kem = object(value);
  const publicKey = hex(kem["publicKey"]);
  return oneOf(kem["type"], "P", "A") === "P"
    ? { type: "proposed", publicKey }
    : { type: "accepted", ciphertext: hex(kem["ciphertext"]), publicKey };
}

export function paramsOf(value: unknown): E2eParams {
  const params = object(value);
  return {
    version: integer(params["version"]),
    key1: x448Key(params["key1Der"]),
    key2: x448Key(params["key2Der"]),
    kem: optional(params["kem"], kemParamsOf),
  };
}

export function keyPairOf(value: unknown): KeyPair {
  const pair = object(value);
  return { publicKey: hex(pair["public"]), privateKey: hex(pair["private"]) };
}

export function kemSecretsOf(value: unknown): KemSecrets {
  const kem = object(value);
  const keyPair = { publicKey: hex(kem["publicKey"]), privateKey: hex(kem["secretKey"]) };
  if (oneOf(kem["type"], "P", "A") === "P") return { type: "proposed", keyPair };
  const ciphertext = hex(kem["ciphertext"]);
  return { type: "accepted", keyPair, ciphertext, sharedSecret: hex(kem["sharedKey"]) };
}

/** The keys of both parties, as all X3DH vectors have them. */
export interface Parties {
  readonly versions: RatchetVersions;
  readonly alice: E2eKeys;
  readonly aliceRatchetKey: KeyPair;
  readonly bob: E2eKeys;
  readonly bobSupportsPq: boolean;
  readonly aliceParams: E2eParams;
  readonly bobParams: E2eParams;
}

export function partiesOf(input: Json): Parties {
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

export function skippedOf(value: unknown): readonly SkippedKey[] {
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
export function recordedKeys(changes: Json): KeySource {
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
