import { decodePrivateKey, encodePublicKey, publicKeyOf } from "../crypto/keys.ts";
import { expectBytes, hex, type Vector } from "./vectors.ts";

/** Checks that each private key of a vector is the one of the public key that stands beside it. */
export function expectKeyPairs(input: Vector["input"]): void {
  for (const [name, publicDer] of Object.entries(input)) {
    const privateDer = input[name.replace(/^public/, "private").replace("Public", "Private")];
    if (!/ublicKeyDer$/.test(name) || publicDer === null || privateDer === undefined) continue;
    expectBytes(encodePublicKey(publicKeyOf(decodePrivateKey(hex(privateDer)))), publicDer, name);
  }
}
