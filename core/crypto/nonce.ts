import { boxNonceLength } from "./box.ts";

/** A box nonce from bytes of any length: cut at 24 bytes, or filled up with zeros. */
export function nonceFromBytes(bytes: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(boxNonceLength);
  nonce.set(bytes.subarray(0, boxNonceLength));
  return nonce;
}

/** The nonce back to front: replies that come through a proxy use it. */
export function reverseNonce(nonce: Uint8Array): Uint8Array {
  return nonce.slice().reverse();
}
