import type { KeyObject } from "node:crypto";
import type { Algorithm } from "../keys.ts";
import { type NodeBuffer, type NodeCrypto, plainBytes } from "./builtin.ts";

/** Turns raw keys of one algorithm into key objects of `node:crypto` and back. */
export interface KeyImport {
  importPrivate(privateKey: Uint8Array): KeyObject;
  importPublic(publicKey: Uint8Array): KeyObject;
  /** The raw public key of a private key. */
  derivePublic(privateKey: Uint8Array): Uint8Array;
}

/**
 * Keys go in and out as JWK: on every OpenSSL that Node uses it is as fast as the other formats, and on
 * OpenSSL 3.0 (Node 22) ten times as fast as DER (a private X25519 key: 38 us against 363). Making the
 * object of a private key derives the public one; the `x` of the JWK is not looked at, only its presence.
 */
export function keyImport(crypto: NodeCrypto, buffer: NodeBuffer, crv: Algorithm, length: number): KeyImport {
  const base64url = (bytes: Uint8Array): string =>
    buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
  const anyX = base64url(new Uint8Array(length));
  const importPrivate = (privateKey: Uint8Array): KeyObject =>
    crypto.createPrivateKey({
      key: { kty: "OKP", crv, d: base64url(privateKey), x: anyX },
      format: "jwk",
    });
  return {
    importPrivate,
    importPublic: (publicKey) =>
      crypto.createPublicKey({ key: { kty: "OKP", crv, x: base64url(publicKey) }, format: "jwk" }),
    derivePublic(privateKey) {
      const { x } = crypto.createPublicKey(importPrivate(privateKey)).export({ format: "jwk" });
      if (x === undefined) throw new TypeError("cannot export public key: JWK has no x");
      return plainBytes(buffer.from(x, "base64url"));
    },
  };
}
