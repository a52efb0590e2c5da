import {
  base64urlDecode,
  base64urlEncode,
  concat,
  decode,
  encode,
  equalBytes,
  largeBytes,
  nonEmptyList,
  shortBytes,
} from "../bytes/index.ts";
import { aesGcmWith } from "../crypto/aes-gcm.ts";
import { sequence } from "../crypto/asn1.ts";
import { commandAuthenticator, verifyCommandAuthenticator } from "../crypto/authenticator.ts";
import { initBlockChain, nextBlockKey } from "../crypto/block-chain.ts";
import { secretbox, secretboxWith } from "../crypto/box.ts";
import {
  type Certificate,
  certificateFingerprint,
  isSignedBy,
  signDer,
  signPublicKey,
  verifySignedPublicKey,
} from "../crypto/certificate.ts";
import {
  chainCertificates,
  parseCertificateChain,
  verifyCertificateChain,
} from "../crypto/certificate-chain.ts";
import type { DiffieHellman } from "../crypto/diffie-hellman.ts";
import { ed448With } from "../crypto/ed448.ts";
import { ed25519With } from "../crypto/ed25519.ts";
import { CryptoError } from "../crypto/errors.ts";
import { sha512 } from "../crypto/hash.ts";
import { hkdfSha512With } from "../crypto/hkdf.ts";
import { hybridSecret } from "../crypto/hybrid.ts";
import {
  type Algorithm,
  decodePrivateKey,
  decodePublicKey,
  encodePrivateKey,
  encodePublicKey,
  type PublicKey,
  publicKeyOf,
} from "../crypto/keys.ts";
import { nonceFromBytes, reverseNonce } from "../crypto/nonce.ts";
import { offersOf } from "../crypto/offers.ts";
import { pad, unpad } from "../crypto/pad.ts";
import type { Primitives } from "../crypto/primitives.ts";
import { signatureAlgorithm } from "../crypto/signature.ts";
import type { SignatureScheme } from "../crypto/signature-scheme.ts";
import { x448With } from "../crypto/x448.ts";
import { x25519With } from "../crypto/x25519.ts";
import { expectKeyPairs } from "./keys.ts";
import {
  expectBytes,
  expectDecoded,
  expectFailure,
  expectSame,
  hex,
  integer,
  type Json,
  text,
  type Vector,
  type VectorChecks,
} from "./vectors.ts";

/** Runs a check with every provider that offers the primitive on this runtime; noble always does. */
function eachProvider<Name extends keyof Primitives>(
  primitive: Name,
  check: (implementation: Primitives[Name]) => void,
): void {
  for (const { provider, implementation } of offersOf(primitive)) {
    try {
      check(implementation);
    } catch (error) {
      throw new Error(`${provider}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function algorithm(value: unknown): Algorithm {
  const name = text(value);
  if (name === "X25519" || name === "X448" || name === "Ed25519" || name === "Ed448") return name;
  throw new TypeError(`unknown algorithm ${name}`);
}

function eachDiffieHellman(value: unknown, check: (curve: DiffieHellman) => void): void {
  if (algorithm(value) === "X25519") eachProvider("x25519", (it) => check(x25519With(it)));
  else eachProvider("x448", (it) => check(x448With(it)));
}

function eachSignatureScheme(value: unknown, check: (scheme: SignatureScheme) => void): void {
  if (algorithm(value) === "Ed25519") eachProvider("ed25519", (it) => check(ed25519With(it)));
  else eachProvider("ed448", (it) => check(ed448With(it)));
}

function eachCurve(value: unknown, check: (curve: DiffieHellman | SignatureScheme) => void): void {
  if (algorithm(value).startsWith("X")) eachDiffieHellman(value, check);
  else eachSignatureScheme(value, check);
}

/** The reference's words for what could not be done. */
const errorNames: Readonly<Record<string, string>> = {
  "cannot pad message": "CryptoLargeMsgError",
  "cannot unpad message": "CryptoInvalidMsgError",
  "cannot open box": "CBDecryptError",
};

/** Has to fail as the reference does, or give its result. */
function expectOutcome(output: Json, field: string, run: () => Uint8Array): void {
  if (!("error" in output)) return expectBytes(run(), output[field], field);
  const error = expectFailure(run);
  if (!(error instanceof CryptoError)) throw error;
  const [action = ""] = error.message.split(":");
  expectSame(errorNames[action], output["error"], "error");
}

function key({ input, output }: Vector): void {
  const name = algorithm(input["algorithm"]);
  const publicKey = { algorithm: name, key: hex(input["publicKeyRaw"]) };
  const privateKey = { algorithm: name, key: hex(input["privateKeyRaw"]) };
  eachCurve(name, (curve) => expectBytes(curve.publicKey(privateKey.key), input["publicKeyRaw"], "public"));
  expectSame(publicKeyOf(privateKey), publicKey);
  const publicDer = encodePublicKey(publicKey);
  const privateDer = encodePrivateKey(privateKey);
  expectBytes(publicDer, output["publicKeyDer"], "publicKeyDer");
  expectBytes(privateDer, output["privateKeyDer"], "privateKeyDer");
  expectSame(decodePublicKey(publicDer, name), publicKey);
  expectSame(decodePrivateKey(privateDer, name), privateKey);
  expectBytes(encode(shortBytes, publicDer), output["publicKeyEncoded"], "publicKeyEncoded");
  expectSame(base64urlEncode(publicDer), output["publicKeyString"], "publicKeyString");
  expectSame(base64urlEncode(privateDer), output["privateKeyString"], "privateKeyString");
  expectBytes(base64urlDecode(text(output["publicKeyString"])), output["publicKeyDer"], "publicKeyString");
}

/** A time at which the certificates of the vectors are valid. */
const validMs = Date.UTC(2027, 0);

function certificateChain({ input, output }: Vector): void {
  const leafDer = hex(input["leafCertDer"]);
  const caDer = hex(input["caCertDer"]);
  const ders = decode(nonEmptyList(largeBytes), hex(output["encodedChain"]));
  expectSame([...ders], [leafDer, caDer], "encodedChain");
  expectBytes(encode(nonEmptyList(largeBytes), [leafDer, caDer]), output["encodedChain"], "encodedChain");
  expectSame([leafDer, caDer].map(base64urlEncode).join(","), output["stringChain"], "stringChain");
  const chain = parseCertificateChain(ders);
  const { leaf, identity, leafKey } = verifyCertificateChain(chain, hex(output["keyHash"]), validMs);
  expectBytes(certificateFingerprint(leaf), output["leafFingerprint"], "leafFingerprint");
  expectBytes(certificateFingerprint(identity), output["keyHash"], "keyHash");
  expectSame(base64urlEncode(certificateFingerprint(identity)), output["keyHashString"], "keyHashString");
  expectBytes(encodePublicKey(leafKey), output["leafPublicKeyDer"], "leafPublicKeyDer");
  expectBytes(encodePublicKey(signingKey(identity)), output["caPublicKeyDer"], "caPublicKeyDer");
  const caKey = decodePrivateKey(hex(input["caPrivateKeyDer"]), "Ed25519", "Ed448");
  const leafPrivateKey = decodePrivateKey(hex(input["leafPrivateKeyDer"]), "Ed25519", "Ed448");
  expectSame(publicKeyOf(leafPrivateKey), leafKey);
  expectSame(publicKeyOf(caKey), signingKey(identity));
  // Signing is deterministic, so what we sign is what the reference signed.
  for (const certificate of [leaf, identity]) {
    expectSame(signDer(caKey, certificate.signedPart), certificate.der, "signed certificate");
  }
}

function signingKey({ publicKey }: Certificate): PublicKey<"Ed25519" | "Ed448"> {
  if (publicKey === undefined) throw new Error("certificate has no key of ours");
  return publicKey;
}

function signX509({ input, output }: Vector): void {
  const publicKey = decodePublicKey(hex(input["publicKeyDer"]), "X25519");
  const signKey = decodePrivateKey(hex(input["signPrivateKeyDer"]), "Ed25519", "Ed448");
  const verifyKey = decodePublicKey(hex(input["verifyPublicKeyDer"]), "Ed25519", "Ed448");
  expectSame(verifyKey.algorithm, input["signatureAlgorithm"], "signatureAlgorithm");
  const signed = signPublicKey(signKey, publicKey);
  expectKeyPairs(input);
  expectBytes(signed, output["signedObjectDer"], "signedObjectDer");
  expectBytes(encode(largeBytes, signed), output["encoded"], "encoded");
  expectSame(verifySignedPublicKey(verifyKey, signed), publicKey);
  const signedData = sequence(encodePublicKey(publicKey));
  expectBytes(signedData, output["signedData"], "signedData");
  eachSignatureScheme(verifyKey.algorithm, (scheme) =>
    expectBytes(scheme.sign(signKey.key, signedData), output["signature"], "signature"),
  );
  const withChain = hex(output["certChainPubKeyEncoded"]);
  const chain = withChain.subarray(0, withChain.length - signed.length - 2);
  const certificates = parseCertificateChain(decode(nonEmptyList(largeBytes), chain));
  const { identity } = chainCertificates(certificates);
  expectSame(isSignedBy(identity, identity), true, "identity is signed by itself");
  const keyHash = certificateFingerprint(identity);
  expectSame(verifyCertificateChain(certificates, keyHash, validMs).leafKey, verifyKey, "key of the leaf");
  expectBytes(concat(chain, encode(largeBytes, signed)), output["certChainPubKeyEncoded"]);
}

function transportBlock({ input, output }: Vector): void {
  const keys = initBlockChain(hex(input["sessionId"]), hex(input["dhSecret"]));
  const toClient = text(input["direction"]) === "server to client";
  let step = nextBlockKey(toClient ? keys.serverToClient : keys.clientToServer);
  for (let block = 1; block < integer(input["blockNumber"]); block++) step = nextBlockKey(step.nextChainKey);
  expectBytes(step.key, output["sbKey"], "sbKey");
  expectBytes(step.nonce, output["nonce"], "nonce");
  const paddedLength = integer(input["blockSize"]) - 16;
  eachProvider("xsalsa20Poly1305", (cipher) => {
    const box = secretboxWith(cipher);
    const block = box.seal(step.key, step.nonce, hex(input["content"]), paddedLength);
    expectBytes(block, output["block"], "block");
    expectBytes(box.open(step.key, step.nonce, block), input["content"], "content");
  });
}

/** Both box families have the same steps; they differ in where the key comes from. */
function boxCheck(keyField: string, padded: boolean): (vector: Vector) => void {
  return ({ input, output }) => {
    const boxKey = hex(input[keyField]);
    const nonce = hex(input["nonce"]);
    const message = hex(input["message"]);
    eachProvider("xsalsa20Poly1305", (cipher) => {
      const box = secretboxWith(cipher);
      const boxed = padded
        ? box.seal(boxKey, nonce, message, integer(input["paddedLength"]))
        : box.sealNoPad(boxKey, nonce, message);
      expectBytes(boxed, output["ciphertext"], "ciphertext");
      const opened = padded ? box.open(boxKey, nonce, boxed) : box.openNoPad(boxKey, nonce, boxed);
      expectBytes(opened, input["message"], "message");
    });
  };
}

export const checks: VectorChecks = {
  key,
  decodePublicKey({ input, output }) {
    const der = hex(input["der"]);
    const name = algorithm(input["algorithm"]);
    expectDecoded(
      output,
      () => decodePublicKey(der, name),
      (key) => expectBytes(encodePublicKey(key), input["der"]),
    );
  },
  pad: ({ input, output }) =>
    expectOutcome(output, "padded", () => pad(hex(input["message"]), integer(input["paddedLength"]))),
  unPad: ({ input, output }) => expectOutcome(output, "message", () => unpad(hex(input["padded"]))),
  dh({ input, output }) {
    const [a, b] = [hex(input["privateKeyA"]), hex(input["privateKeyB"])];
    const [publicA, publicB] = [hex(input["publicKeyA"]), hex(input["publicKeyB"])];
    eachDiffieHellman(input["algorithm"], (curve) => {
      const [secretA, secretB] = [curve.sharedSecret(a, publicB), curve.sharedSecret(b, publicA)];
      expectBytes(secretA, output["secret"], "secret of A");
      expectSame(equalBytes(secretA, secretB), output["same"], "same");
    });
  },
  sign({ input, output }) {
    const message = hex(input["message"]);
    eachSignatureScheme(input["algorithm"], (scheme) => {
      const signature = scheme.sign(hex(input["privateKey"]), message);
      expectBytes(signature, output["signature"], "signature");
      expectSame(scheme.verify(hex(input["publicKey"]), message, signature), true, "verified");
      const other = concat(message, Uint8Array.of(0));
      expectSame(scheme.verify(hex(input["publicKey"]), other, signature), false, "other message verified");
      expectSame(signatureAlgorithm(signature), input["algorithm"], "algorithm");
      expectBytes(encode(shortBytes, signature), output["encoded"], "encoded");
    });
  },
  decodeSignature({ input, output }) {
    const signature = new Uint8Array(integer(input["length"]));
    expectDecoded(
      output,
      () => signatureAlgorithm(signature),
      (name) => expectSame(name, signature.length === 64 ? "Ed25519" : "Ed448", "algorithm"),
    );
  },
  hash({ input, output }) {
    const message = hex(input["message"]);
    const name = text(input["algorithm"]).replace("-", "_");
    if (name !== "sha256" && name !== "sha512" && name !== "sha3_256" && name !== "sha3_384") {
      throw new TypeError(`unknown hash ${name}`);
    }
    eachProvider(name, (hash) => expectBytes(hash(message), output["digest"], "digest"));
  },
  hkdf({ input, output }) {
    expectSame(input["hash"], "sha512", "hash");
    const info = new TextEncoder().encode(text(input["info"]));
    eachProvider("hkdfSha512", (implementation) => {
      const hkdf = hkdfSha512With(implementation);
      const okm = hkdf(hex(input["salt"]), hex(input["ikm"]), info, integer(input["length"]));
      expectBytes(okm, output["okm"], "okm");
    });
  },
  cbEncrypt(vector) {
    const { input } = vector;
    eachDiffieHellman("X25519", (curve) => {
      for (const [own, peer] of ["AB", "BA"]) {
        const secret = curve.sharedSecret(hex(input[`privateKey${own}`]), hex(input[`publicKey${peer}`]));
        expectBytes(secret, input["dhSecret"], `dhSecret of ${own}`);
      }
    });
    boxCheck("dhSecret", true)(vector);
  },
  cbEncryptNoPad: boxCheck("dhSecret", false),
  cbDecrypt({ input, output }) {
    eachProvider("xsalsa20Poly1305", (cipher) =>
      expectOutcome(output, "message", () =>
        secretboxWith(cipher).open(hex(input["dhSecret"]), hex(input["nonce"]), hex(input["ciphertext"])),
      ),
    );
  },
  cbNonce({ input, output }) {
    const nonce = nonceFromBytes(hex(input["bytes"]));
    expectBytes(nonce, output["nonce"], "nonce");
    expectBytes(reverseNonce(nonce), output["reversed"], "reversed");
  },
  sbEncrypt: boxCheck("key", true),
  sbEncryptNoPad: boxCheck("key", false),
  cbAuthenticate({ input, output }) {
    const nonce = hex(input["nonce"]);
    const message = hex(input["message"]);
    expectBytes(sha512(message), output["sha512"], "sha512");
    eachDiffieHellman("X25519", (curve) => {
      const client = curve.sharedSecret(hex(input["clientPrivateKey"]), hex(input["serverPublicKey"]));
      const server = curve.sharedSecret(hex(input["serverPrivateKey"]), hex(input["clientPublicKey"]));
      const authenticator = commandAuthenticator(client, nonce, message);
      expectBytes(authenticator, output["authenticator"], "authenticator");
      expectSame(verifyCommandAuthenticator(server, nonce, message, authenticator), true, "verified");
    });
  },
  sbcInit({ input, output }) {
    const keys = initBlockChain(hex(input["sessionId"]), hex(input["dhSecret"]));
    expectBytes(keys.serverToClient, output["serverSndKey"], "serverSndKey");
    expectBytes(keys.serverToClient, output["clientRcvKey"], "clientRcvKey");
    expectBytes(keys.clientToServer, output["serverRcvKey"], "serverRcvKey");
    expectBytes(keys.clientToServer, output["clientSndKey"], "clientSndKey");
  },
  sbcHkdf({ input, output }) {
    const step = nextBlockKey(hex(input["chainKey"]));
    expectBytes(step.key, output["sbKey"], "sbKey");
    expectBytes(step.nonce, output["nonce"], "nonce");
    expectBytes(step.nextChainKey, output["nextChainKey"], "nextChainKey");
  },
  transportBlock,
  encryptAEAD({ input, output }) {
    const [aesKey, iv, ad] = [hex(input["key"]), hex(input["iv"]), hex(input["associatedData"])];
    const paddedLength = integer(input["paddedLength"]);
    expectBytes(pad(hex(input["message"]), paddedLength), output["padded"], "padded");
    eachProvider("aes256Gcm", (aead) => {
      const aes = aesGcmWith(aead);
      const sealed = aes.sealPadded(aesKey, iv, ad, hex(input["message"]), paddedLength);
      expectBytes(sealed.tag, output["authTag"], "authTag");
      expectBytes(sealed.ciphertext, output["ciphertext"], "ciphertext");
      expectBytes(aes.openPadded(aesKey, iv, ad, sealed), input["message"], "message");
    });
  },
  encryptAESNoPad({ input, output }) {
    const [aesKey, iv, ad] = [hex(input["key"]), hex(input["iv"]), new Uint8Array(0)];
    eachProvider("aes256Gcm", (aead) => {
      const aes = aesGcmWith(aead);
      const sealed = aes.seal(aesKey, iv, ad, hex(input["message"]));
      expectBytes(sealed.tag, output["authTag"], "authTag");
      expectBytes(sealed.ciphertext, output["ciphertext"], "ciphertext");
      expectBytes(aes.open(aesKey, iv, ad, sealed), input["message"], "message");
    });
  },
  kcbEncrypt({ input, output }) {
    const secret = hybridSecret(hex(input["dhSecret"]), hex(input["kemSharedKey"]));
    expectBytes(secret, output["hybridSecret"], "hybridSecret");
    const nonce = hex(input["nonce"]);
    const boxed = secretbox.seal(secret, nonce, hex(input["message"]), integer(input["paddedLength"]));
    expectBytes(boxed, output["ciphertext"], "ciphertext");
    expectBytes(secretbox.open(secret, nonce, boxed), input["message"], "message");
  },
  certificateChain,
  signX509,
};
