import type { Algorithm } from "../keys.ts";
import type { Aead, Hash, Hkdf, KeyAgreement, Primitives, Signing } from "../primitives.ts";
import { type NodeBuffer, type NodeCrypto, plainBytes } from "./builtin.ts";
import { keyImport } from "./keys.ts";

const tagLength = 16;

/** Everything that `node:crypto` may have, not yet tried. */
export type NodePrimitives = Omit<Primitives, "xsalsa20Poly1305">;

/** The primitives over `node:crypto`. */
export function nodePrimitives(crypto: NodeCrypto, buffer: NodeBuffer): NodePrimitives {
  const hash =
    (algorithm: string): Hash =>
    (data) =>
      plainBytes(crypto.hash(algorithm, data, "buffer"));
  return {
    sha256: hash("sha256"),
    sha512: hash("sha512"),
    sha3_256: hash("sha3-256"),
    sha3_384: hash("sha3-384"),
    hkdfSha512: hkdfSha512(crypto),
    x25519: keyAgreement(crypto, buffer, "X25519", 32),
    x448: keyAgreement(crypto, buffer, "X448", 56),
    ed25519: signing(crypto, buffer, "Ed25519", 32),
    ed448: signing(crypto, buffer, "Ed448", 57),
    aes256Gcm: aes256Gcm(crypto),
  };
}

function hkdfSha512(crypto: NodeCrypto): Hkdf {
  // Given bytes, Node finds out that they are no key object by an error with its stack: that takes longer than HKDF.
  return (salt, ikm, info, length) =>
    new Uint8Array(crypto.hkdfSync("sha512", crypto.createSecretKey(ikm), salt, info, length));
}

function keyAgreement(
  crypto: NodeCrypto,
  buffer: NodeBuffer,
  algorithm: Algorithm,
  keyLength: number,
): KeyAgreement {
  const keys = keyImport(crypto, buffer, algorithm, keyLength);
  return {
    publicKey: keys.derivePublic,
    prepare(rawPrivateKey) {
      const privateKey = keys.importPrivate(rawPrivateKey);
      return (publicKey) =>
        plainBytes(crypto.diffieHellman({ privateKey, publicKey: keys.importPublic(publicKey) }));
    },
  };
}

function signing(crypto: NodeCrypto, buffer: NodeBuffer, algorithm: Algorithm, keyLength: number): Signing {
  const keys = keyImport(crypto, buffer, algorithm, keyLength);
  return {
    publicKey: keys.derivePublic,
    sign: (privateKey, message) => plainBytes(crypto.sign(null, message, keys.importPrivate(privateKey))),
    verify: (publicKey, message, signature) =>
      crypto.verify(null, message, keys.importPublic(publicKey), signature),
    prepareVerify(publicKey) {
      const key = keys.importPublic(publicKey);
      return (message, signature) => crypto.verify(null, message, key, signature);
    },
  };
}

/** A key object is taken as it is; bytes go through checks in Node that cost more than all else about a short text. */
function aes256Gcm(crypto: NodeCrypto): Aead {
  const options = { authTagLength: tagLength };
  return {
    seal(key, iv, ad, plaintext) {
      const cipher = crypto.createCipheriv("aes-256-gcm", crypto.createSecretKey(key), iv, options);
      cipher.setAAD(ad);
      const ciphertext = plainBytes(cipher.update(plaintext));
      cipher.final();
      return { tag: plainBytes(cipher.getAuthTag()), ciphertext };
    },
    open(key, iv, ad, { tag, ciphertext }) {
      const decipher = crypto.createDecipheriv("aes-256-gcm", crypto.createSecretKey(key), iv, options);
      decipher.setAAD(ad);
      decipher.setAuthTag(tag);
      const plaintext = plainBytes(decipher.update(ciphertext));
      try {
        decipher.final();
      } catch {
        plaintext.fill(0);
        return undefined;
      }
      return plaintext;
    },
  };
}
