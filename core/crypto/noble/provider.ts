import { gcm } from "@noble/ciphers/aes.js";
import { secretbox } from "@noble/ciphers/salsa.js";
import { ed448, x448 } from "@noble/curves/ed448.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { sha3_256, sha3_384 } from "@noble/hashes/sha3.js";
import type { Aead, BoxCipher, KeyAgreement, Primitives, Signing } from "../primitives.ts";

const tagLength = 16;

function keyAgreement(curve: typeof x25519): KeyAgreement {
  return {
    publicKey: (privateKey) => curve.getPublicKey(privateKey),
    prepare: (privateKey) => (publicKey) => curve.getSharedSecret(privateKey, publicKey),
  };
}

function signing(curve: typeof ed25519): Signing {
  return {
    publicKey: (privateKey) => curve.getPublicKey(privateKey),
    sign: (privateKey, message) => curve.sign(message, privateKey),
    // The stricter rule of RFC 8032, not ZIP 215: the same answers as OpenSSL.
    verify: (publicKey, message, signature) => curve.verify(signature, message, publicKey, { zip215: false }),
  };
}

const xsalsa20Poly1305: BoxCipher = {
  seal(key, nonce, length, fill) {
    const plaintext = new Uint8Array(length);
    fill(plaintext);
    return secretbox(key, nonce).seal(plaintext);
  },
  open(key, nonce, boxed, part) {
    let plaintext: Uint8Array;
    try {
      plaintext = secretbox(key, nonce).open(boxed);
    } catch {
      return undefined;
    }
    return part(plaintext);
  },
};

const aes256Gcm: Aead = {
  seal(key, iv, ad, plaintext) {
    const sealed = gcm(key, iv, ad).encrypt(plaintext);
    return { tag: sealed.subarray(plaintext.length), ciphertext: sealed.subarray(0, plaintext.length) };
  },
  open(key, iv, ad, { tag, ciphertext }) {
    const sealed = new Uint8Array(ciphertext.length + tagLength);
    sealed.set(ciphertext);
    sealed.set(tag, ciphertext.length);
    try {
      return gcm(key, iv, ad).decrypt(sealed);
    } catch {
      return undefined;
    }
  },
};

/** Pure TypeScript (@noble): works everywhere; the fallback, and the reference the others are tested with. */
export const noble: { readonly name: string; readonly primitives: Primitives } = {
  name: "noble",
  primitives: {
    sha256,
    sha512,
    sha3_256,
    sha3_384,
    hkdfSha512: (salt, ikm, info, length) => hkdf(sha512, ikm, salt, info, length),
    x25519: keyAgreement(x25519),
    x448: keyAgreement(x448),
    ed25519: signing(ed25519),
    ed448: signing(ed448),
    xsalsa20Poly1305,
    aes256Gcm,
  },
};
