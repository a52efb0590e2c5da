import { decode, encode, hexEncode } from "../../bytes/index.ts";
import { boxTagLength } from "../../crypto/box.ts";
import { nonceFromBytes } from "../../crypto/nonce.ts";
import {
  clientMessage,
  clientMessageEnvelope,
  openClientMessage,
  type PrivateHeader,
  privateHeader,
  publicHeader,
  sealClientMessage,
} from "../../smp/client-message.ts";
import { type Delivery, delivery, openDelivery, sealDelivery } from "../../smp/delivery.ts";
import { notificationMeta, openNotification, sealNotification } from "../../smp/notification.ts";
import { authKeyOf, expectKeyPairs, rawPublicKey, secretOf } from "../keys.ts";
import {
  expectBytes,
  expectSame,
  flag,
  hex,
  integer,
  type Json,
  optional,
  text,
  type Vector,
} from "../vectors.ts";
import { expectSha256 } from "./values.ts";

export function checkPublicHeader({ input, output }: Vector): void {
  const header = {
    version: integer(input["version"]),
    key: optional(input["e2ePubDhKeyDer"], rawPublicKey),
  };
  expectBytes(encode(publicHeader, header), output["encoded"], "encoded");
  expectSame(decode(publicHeader, hex(output["encoded"])), header, "decoded");
}

function privateHeaderOf(input: Json): PrivateHeader {
  const senderKey = optional(input["senderKeyDer"], authKeyOf);
  return senderKey === undefined ? { type: "empty" } : { type: "confirmation", senderKey };
}

export function checkPrivateHeader({ input, output }: Vector): void {
  const header = privateHeaderOf(input);
  expectBytes(encode(privateHeader, header), output["encoded"], "encoded");
  expectSame(decode(privateHeader, hex(output["encoded"])), header, "decoded");
}

export function checkEnvelope({ input, output }: Vector): void {
  expectKeyPairs(input);
  const secret = secretOf(input["senderDhPrivateKeyDer"], input["recipientDhPublicKeyDer"]);
  expectBytes(secret, output["dhSecret"], "secret");
  const header = {
    version: integer(input["smpClientVersion"]),
    key: optional(input["e2ePubDhKeyDer"], rawPublicKey),
  };
  const message = { header: privateHeaderOf(input), body: hex(input["body"]) };
  expectBytes(encode(clientMessage, message), output["clientMessage"], "client message");
  const sealed = sealClientMessage(header, secret, hex(input["nonce"]), message);
  expectBytes(sealed, output["encoded"], "sealed");
  const envelope = decode(clientMessageEnvelope, sealed);
  expectSame(envelope.header, header, "header");
  expectSame(envelope.encrypted.length - boxTagLength, input["paddedLength"], "padded length");
  const recipientSecret = secretOf(input["recipientDhPrivateKeyDer"], input["senderDhPublicKeyDer"]);
  expectSame(openClientMessage(envelope, recipientSecret), message, "opened");
}

export function checkDelivery({ input, output }: Vector): void {
  expectKeyPairs(input);
  const secret = secretOf(input["recipientDhPrivateKeyDer"], input["serverDhPublicKeyDer"]);
  expectBytes(secret, output["dhSecret"], "secret");
  const messageId = hex(input["msgId"]);
  const value = deliveryOf(input);
  const plain = encode(delivery, value);
  const sealed = sealDelivery(secret, messageId, value);
  expectSame(sealed.length, output["encBodyLength"], "length");
  optional(output["nonce"], (expected) => expectBytes(nonceFromBytes(messageId), expected, "nonce"));
  optional(output["encBody"], (expected) => expectBytes(sealed, expected, "sealed"));
  optional(output["encBodySha256"], (expected) => expectSha256(sealed, expected, "sealed"));
  optional(output["plain"], (expected) => expectBytes(plain, expected, "plain"));
  optional(output["plainLength"], (expected) => expectSame(plain.length, expected, "plain length"));
  optional(output["plainPrefix"], (expected) => {
    if (!hexEncode(plain).startsWith(text(expected))) throw new Error("plain begins with something else");
  });
  expectSame(openDelivery(secret, messageId, sealed), value, "opened");
}

function deliveryOf(input: Json): Delivery {
  const time = integer(input["timestamp"]);
  if (text(input["kind"]) === "rcvMessageQuota") return { type: "quota", time };
  const repeated = optional(input["bodyLength"], (length) =>
    new Uint8Array(integer(length)).fill(Number.parseInt(text(input["bodyRepeatByte"]), 16)),
  );
  const flags = { notification: flag(input["notification"]) };
  return { type: "message", time, flags, body: repeated ?? hex(input["body"]) };
}

export function checkNotification({ input, output }: Vector): void {
  const secret = secretOf(input["recipientDhPrivateKeyDer"], input["serverDhPublicKeyDer"]);
  expectBytes(secret, output["dhSecret"], "secret");
  const nonce = hex(input["nonce"]);
  const meta = { messageId: hex(input["msgId"]), time: integer(input["timestamp"]) };
  expectBytes(encode(notificationMeta, meta), output["plain"], "plain");
  const sealed = sealNotification(secret, nonce, meta);
  expectBytes(sealed, output["encNMsgMeta"], "sealed");
  expectSame(sealed.length - boxTagLength, input["paddedLength"], "padded length");
  expectSame(openNotification(secret, nonce, sealed), meta, "opened");
}
