import { concat, decode, encode, hexEncode, Reader } from "../bytes/index.ts";
import { aesGcm } from "../crypto/aes-gcm.ts";
import { x448 } from "../crypto/x448.ts";
import { e2eParams, e2eParamsUri } from "../ratchet/e2e-params.ts";
import { formatE2eParamsUri, parseE2eParamsUri } from "../ratchet/e2e-params-text.ts";
import { encryptBody } from "../ratchet/encrypt.ts";
import { encryptedHeader, encryptedMessage } from "../ratchet/encrypted-message.ts";
import { chainKdf, rootKdf } from "../ratchet/kdf.ts";
import { messageHeader, paddedHeaderLength } from "../ratchet/message-header.ts";
import { ratchetAdHash, ratchetKeyHash } from "../ratchet/ratchet.ts";
import type { Unchecked } from "./files.ts";
import { Conversation } from "./ratchet/conversation.ts";
import { start } from "./ratchet/states.ts";
import { kemParamsOf, keyPairOf, paramsOf, x448Key } from "./ratchet/values.ts";
import { versionRangeOf } from "./values.ts";
import {
  array,
  expectBytes,
  expectSame,
  hex,
  integer,
  object,
  optional,
  text,
  type VectorChecks,
} from "./vectors.ts";

export const checks: VectorChecks = {
  e2eParams({ input, output }) {
    const params = paramsOf(input["params"]);
    expectBytes(encode(e2eParams, params), output["encoded"]);
    const sent = params.version >= 3 ? params : { ...params, kem: undefined };
    expectSame(decode(e2eParams, hex(output["encoded"])), sent, "decoded");
  },
  e2eParamsUri({ input, output }) {
    const params = {
      versions: versionRangeOf(input["versionRange"]),
      key1: x448Key(input["key1Der"]),
      key2: x448Key(input["key2Der"]),
      kem: optional(input["kem"], kemParamsOf),
    };
    expectBytes(encode(e2eParamsUri, params), output["encoded"]);
    expectSame(decode(e2eParamsUri, hex(output["encoded"])), params, "decoded");
    expectSame(formatE2eParamsUri(params), output["string"], "string");
    const sent = params.versions.max >= 3 ? params : { ...params, kem: undefined };
    expectSame(parseE2eParamsUri(text(output["string"])), sent, "parsed");
  },
  x3dh({ input, output }) {
    start(input, output);
  },
  rootKdf({ input, output }) {
    const privateKey = hex(input["privateKey"]);
    const publicKey = hex(input["publicKey"]);
    const kemSecret = optional(input["kemSharedKey"], hex);
    const keys = rootKdf(hex(input["rootKey"]), privateKey, publicKey, kemSecret);
    expectBytes(keys.rootKey, output["newRootKey"], "newRootKey");
    expectBytes(keys.chainKey, output["chainKey"], "chainKey");
    expectBytes(keys.nextHeaderKey, output["nextHeaderKey"], "nextHeaderKey");
    expectBytes(x448.sharedSecret(privateKey, publicKey), output["dhSecret"], "dhSecret");
  },
  chainKdf({ input, output }) {
    const { chainKey, messageKey, headerIv } = chainKdf(hex(input["chainKey"]));
    expectBytes(chainKey, output["newChainKey"], "newChainKey");
    expectBytes(messageKey.key, output["messageKey"], "messageKey");
    expectBytes(messageKey.iv, output["messageIV"], "messageIV");
    expectBytes(headerIv, output["headerIV"], "headerIV");
  },
  msgHeader({ input, output }) {
    const version = integer(input["currentVersion"]);
    const header = {
      maxVersion: integer(input["maxVersion"]),
      dhPublicKey: x448Key(input["dhPublicKeyDer"]),
      kem: optional(input["kem"], kemParamsOf),
      previousCount: integer(input["pn"]),
      number: integer(input["ns"]),
    };
    const encoded = encode(messageHeader(version), header);
    expectBytes(encoded, output["encoded"]);
    expectSame(encoded.length, output["length"], "length");
    const sent = version >= 3 ? header : { ...header, kem: undefined };
    expectSame(messageHeader(version).decode(new Reader(hex(output["encoded"]))), sent, "decoded");
  },
  encMessageHeader({ input, output }) {
    const header = {
      version: integer(input["ehVersion"]),
      iv: hex(input["ehIV"]),
      sealed: { tag: hex(input["ehAuthTag"]), ciphertext: hex(input["ehBody"]) },
    };
    expectBytes(encode(encryptedHeader, header), output["encoded"]);
    expectSame(decode(encryptedHeader, hex(output["encoded"])), header, "decoded");
  },
  encRatchetMessage({ input, output }) {
    const codec = encryptedMessage(integer(input["currentVersion"]));
    const message = {
      header: hex(input["emHeader"]),
      sealed: { tag: hex(input["emAuthTag"]), ciphertext: hex(input["emBody"]) },
    };
    expectBytes(encode(codec, message), output["encoded"]);
    expectSame(decode(codec, hex(output["encoded"])), message, "decoded");
  },
  encryptMessage({ input, output }) {
    const due = decode(encryptedHeader, hex(output["encMessageHeader"]));
    const { version } = due;
    const associatedData = hex(input["associatedData"]);
    const headerKey = hex(input["headerKey"]);
    const headerIv = hex(input["headerIV"]);
    const paddedLength = integer(input["paddedHeaderLength"]);
    if (paddedLength !== paddedHeaderLength(version, paddedLength > 88)) {
      throw new Error("padded header length is not one of ours");
    }
    const sealed = aesGcm.sealPadded(headerKey, headerIv, associatedData, hex(input["header"]), paddedLength);
    const header = encode(encryptedHeader, { version, iv: headerIv, sealed });
    expectBytes(header, output["encMessageHeader"], "encMessageHeader");
    const messageKey = { key: hex(input["messageKey"]), iv: hex(input["messageIV"]) };
    const bodyKey = { version, messageKey, associatedData, header };
    const encrypted = encryptBody(bodyKey, hex(input["message"]), integer(input["paddedLength"]));
    expectBytes(encrypted, output["encRatchetMessage"], "encRatchetMessage");

    const message = decode(encryptedMessage(version), hex(output["encRatchetMessage"]));
    const ad = concat(associatedData, message.header);
    expectBytes(aesGcm.openPadded(messageKey.key, messageKey.iv, ad, message.sealed), input["message"]);
    expectBytes(
      aesGcm.openPadded(headerKey, due.iv, associatedData, due.sealed),
      input["header"],
      "decrypted header",
    );
  },
  ratchetKeyHash({ input, output }) {
    const keys = [keyPairOf(input["key1"]), keyPairOf(input["key2"])] as const;
    for (const { publicKey, privateKey } of keys) {
      expectBytes(x448.publicKey(privateKey), hexEncode(publicKey), "public key");
    }
    expectBytes(ratchetKeyHash(keys[0].publicKey, keys[1].publicKey), output["hash"]);
  },
  ratchetAdHash({ input, output }) {
    expectBytes(ratchetAdHash({ associatedData: hex(input["associatedData"]) }), output["hash"]);
  },
  conversation({ input, output }) {
    const conversation = new Conversation(input, output);
    array(output["steps"]).forEach((step, i) => {
      try {
        conversation.step(object(step));
      } catch (error) {
        throw new Error(`step ${i}: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    conversation.finish(output);
  },
};

export const unchecked: Unchecked = { "conversation: input.description": "text for the reader" };
