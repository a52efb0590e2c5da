import { decodePrivateKey, decodePublicKey, encodePublicKey, publicKeyOf } from "../crypto/keys.ts";
import { x25519 } from "../crypto/x25519.ts";
import type { AuthPrivateKey } from "../smp/client/queues.ts";
import type { AuthKey } from "../smp/keys.ts";
import { expectBytes, hex, type Json } from "./vectors.ts";

/** The raw bytes of a private key of any algorithm, from DER. */
export const rawPrivateKey = (der: unknown): Uint8Array => decodePrivateKey(hex(der)).key;

/** The raw bytes of a public key of any algorithm, from DER. */
export const rawPublicKey = (der: unknown): Uint8Array => decodePublicKey(hex(der)).key;

/** A key that authorises commands, from DER. */
export const authKeyOf = (der: unknown): AuthKey => decodePublicKey(hex(der), "X25519", "Ed25519", "Ed448");

/** The private part of such a key, from DER. */
export const authPrivateKeyOf = (der: unknown): AuthPrivateKey =>
  decodePrivateKey(hex(der), "X25519", "Ed25519", "Ed448");

/** The X25519 secret of two keys in DER. */
export const secretOf = (privateKeyDer: unknown, publicKeyDer: unknown): Uint8Array =>
  x25519.sharedSecret(rawPrivateKey(privateKeyDer), rawPublicKey(publicKeyDer));

/** Checks that each private key of a vector is the one of the public key that stands beside it. */
export function expectKeyPairs(input: Json): void {
  for (const [name, publicDer] of Object.entries(input)) {
    const privateDer = input[name.replace(/^public/, "private").replace("Public", "Private")];
    if (!/ublicKeyDer$/.test(name) || publicDer === null || privateDer === undefined) continue;
    expectBytes(encodePublicKey(publicKeyOf(decodePrivateKey(hex(privateDer)))), publicDer, name);
  }
}
