import { base64urlDecode, base64urlEncode, concat, encode, equalBytes, largeBytes } from "../bytes/index.ts";
import { sha512 } from "../crypto/hash.ts";
import type { Random } from "../crypto/random.ts";
import { HASH_BYTES, RQ_BYTES, SMALL_BYTES } from "../crypto/sntrup761/parameters.ts";
import { sntrup761 } from "../crypto/sntrup761.ts";
import {
  array,
  expectBytes,
  expectSame,
  hex,
  integer,
  optional,
  text,
  type VectorChecks,
} from "./vectors.ts";

/** Hands out recorded random bytes and notes the calls, as `[length, count]` of equal ones in a row. */
function recorded(bytes: Uint8Array): { readonly random: Random; readonly calls: [number, number][] } {
  const calls: [number, number][] = [];
  let at = 0;
  const random: Random = (length) => {
    if (at + length > bytes.length) throw new RangeError("more random bytes are asked for than recorded");
    const last = calls.at(-1);
    if (last !== undefined && last[0] === length) last[1]++;
    else calls.push([length, 1]);
    at += length;
    return bytes.slice(at - length, at);
  };
  return { random, calls };
}

function expectCalls(calls: readonly (readonly [number, number])[], expected: unknown): void {
  const due = array(expected).map((call) => array(call).map(integer));
  expectSame(calls, due, "calls of the random source");
}

/** Where a private key holds what the secret of a ciphertext that is not genuine is made from. */
const rejectionAt = 2 * SMALL_BYTES + RQ_BYTES;

/** The hashes of the specification: a byte that says what is hashed goes first. */
function hash(prefix: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha512(concat(Uint8Array.of(prefix), ...parts)).subarray(0, HASH_BYTES);
}

export const checks: VectorChecks = {
  keypair({ input, output }) {
    const source = recorded(hex(input["random"]));
    const { publicKey, privateKey } = sntrup761.generateKeyPair(source.random);
    expectBytes(publicKey, output["publicKey"], "publicKey");
    expectBytes(privateKey, output["secretKey"], "secretKey");
    expectCalls(source.calls, input["randomCalls"]);
    const encoded = optional(output["publicKeyEncoded"], text);
    if (encoded !== undefined) expectBytes(encode(largeBytes, publicKey), encoded, "publicKeyEncoded");
    const prefix = optional(output["secretKeyEncodedPrefix"], text);
    if (prefix !== undefined) expectBytes(encode(largeBytes, privateKey).subarray(0, 4), prefix, "prefix");
    const string = optional(output["publicKeyString"], text);
    if (string !== undefined) {
      expectSame(base64urlEncode(publicKey), string, "publicKeyString");
      expectBytes(base64urlDecode(string), output["publicKey"], "publicKey as text");
    }
  },
  enc({ input, output }) {
    const source = recorded(hex(input["random"]));
    const { ciphertext, sharedSecret } = sntrup761.encapsulate(hex(input["publicKey"]), source.random);
    expectBytes(ciphertext, output["ciphertext"], "ciphertext");
    expectBytes(sharedSecret, output["sharedKey"], "sharedKey");
    expectCalls(source.calls, input["randomCalls"]);
  },
  dec({ input, output }) {
    const privateKey = hex(input["secretKey"]);
    const ciphertext = hex(input["ciphertext"]);
    const sharedSecret = sntrup761.decapsulate(privateKey, ciphertext);
    expectBytes(sharedSecret, output["sharedKey"], "sharedKey");
    const rejection = hash(
      0,
      hash(3, privateKey.subarray(rejectionAt, rejectionAt + SMALL_BYTES)),
      ciphertext,
    );
    expectSame(equalBytes(sharedSecret, rejection), input["corrupted"], "corrupted");
  },
};
