import type { KeyPair } from "../crypto/diffie-hellman.ts";
import type { Random } from "../crypto/random.ts";
import { type Sntrup761Encapsulation, type Sntrup761KeyPair, sntrup761 } from "../crypto/sntrup761.ts";
import { wipe } from "../crypto/wipe.ts";
import { x448 } from "../crypto/x448.ts";
import type { E2eParams } from "./e2e-params.ts";
import type { KemParams } from "./kem-params.ts";
import { pqRatchetVersion } from "./versions.ts";

/** Where new keys come from. Apart from the conversations of the test vectors, always `randomKeys`. */
export interface KeySource {
  dhKeyPair(): KeyPair;
  kemKeyPair(): Sntrup761KeyPair;
  encapsulate(publicKey: Uint8Array): Sntrup761Encapsulation;
}

/** Fresh keys from a random source. */
export function randomKeys(random: Random): KeySource {
  return {
    dhKeyPair: () => x448.generateKeyPair(random),
    kemKeyPair: () => sntrup761.generateKeyPair(random),
    encapsulate: (publicKey) => sntrup761.encapsulate(publicKey, random),
  };
}

/** The KEM keys behind `KemParams`: a proposal, or an acceptance with the secret it encapsulated. */
export type KemSecrets =
  | { readonly type: "proposed"; readonly keyPair: Sntrup761KeyPair }
  | {
      readonly type: "accepted";
      readonly keyPair: Sntrup761KeyPair;
      readonly ciphertext: Uint8Array;
      readonly sharedSecret: Uint8Array;
    };

/** The private keys behind `E2eParams`, kept until the other side's parameters arrive. */
export interface E2eKeys {
  readonly key1: KeyPair;
  readonly key2: KeyPair;
  readonly kem: KemSecrets | undefined;
}

/** Whether new keys come with a KEM: none, a proposal, or the acceptance of the key that the peer proposed. */
export type KemUse =
  | { readonly type: "none" }
  | { readonly type: "propose" }
  | { readonly type: "accept"; readonly publicKey: Uint8Array };

/** New keys to start a ratchet. Before version 3 they never have a KEM. */
export function newE2eKeys(source: KeySource, version: number, use: KemUse): E2eKeys {
  const key1 = source.dhKeyPair();
  const key2 = source.dhKeyPair();
  return { key1, key2, kem: version >= pqRatchetVersion ? newKemSecrets(source, use) : undefined };
}

function newKemSecrets(source: KeySource, use: KemUse): KemSecrets | undefined {
  if (use.type === "none") return undefined;
  const keyPair = source.kemKeyPair();
  if (use.type === "propose") return { type: "proposed", keyPair };
  return { type: "accepted", keyPair, ...source.encapsulate(use.publicKey) };
}

/** Overwrites the private keys, once the ratchet that was started with them is stored. */
export function wipeKeys({ key1, key2, kem }: E2eKeys): void {
  wipe(key1.privateKey, key2.privateKey);
  if (kem === undefined) return;
  wipe(kem.keyPair.privateKey);
  if (kem.type === "accepted") wipe(kem.sharedSecret);
}

/** The public parameters of keys, for the other side. */
export function e2eParamsOf({ key1, key2, kem }: E2eKeys, version: number): E2eParams {
  return { version, key1: key1.publicKey, key2: key2.publicKey, kem: kem && kemParamsOf(kem) };
}

function kemParamsOf(kem: KemSecrets): KemParams {
  const { publicKey } = kem.keyPair;
  return kem.type === "proposed"
    ? { type: "proposed", publicKey }
    : { type: "accepted", ciphertext: kem.ciphertext, publicKey };
}
