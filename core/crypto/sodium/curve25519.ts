import type { KeyAgreement, Signing } from "../primitives.ts";
import { wipe } from "../wipe.ts";
import type { SodiumModule } from "./module.ts";

const keyLength = 32;
const signatureLength = 64;

/** X25519 of libsodium. It throws for a point of low order. */
export function sodiumX25519(sodium: SodiumModule): KeyAgreement {
  return {
    publicKey(privateKey) {
      const publicKey = new Uint8Array(keyLength);
      sodium.crypto_scalarmult_base(publicKey, privateKey);
      return publicKey;
    },
    prepare(rawPrivateKey) {
      // Its own copy, as a key object of `node:crypto` would be: who gave the key may wipe it.
      const privateKey = rawPrivateKey.slice();
      return (publicKey) => {
        const secret = new Uint8Array(keyLength);
        sodium.crypto_scalarmult(secret, privateKey, publicKey);
        return secret;
      };
    },
  };
}

/** Ed25519 of libsodium, whose secret key is the seed with the public key. */
export function sodiumEd25519(sodium: SodiumModule): Signing {
  return {
    publicKey(seed) {
      const publicKey = new Uint8Array(keyLength);
      const secretKey = new Uint8Array(2 * keyLength);
      sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
      wipe(secretKey);
      return publicKey;
    },
    sign(seed, message) {
      const secretKey = new Uint8Array(2 * keyLength);
      sodium.crypto_sign_seed_keypair(new Uint8Array(keyLength), secretKey, seed);
      const signature = new Uint8Array(signatureLength);
      sodium.crypto_sign_detached(signature, message, secretKey);
      wipe(secretKey);
      return signature;
    },
    verify: (publicKey, message, signature) =>
      sodium.crypto_sign_verify_detached(signature, message, publicKey),
  };
}
