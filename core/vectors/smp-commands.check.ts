import { type Codec, decode, encode, latin1Decode, utf8Decode, utf8Encode } from "../bytes/index.ts";
import { decodePublicKey } from "../crypto/keys.ts";
import { parseRelayAddress } from "../smp/address.ts";
import { type Command, commandCodec } from "../smp/command.ts";
import type {
  BrokerError,
  CommandError,
  HandshakeError,
  NetworkError,
  ProxyError,
  SmpError,
  TransportError,
} from "../smp/error.ts";
import type { LinkData } from "../smp/link-data.ts";
import { type BrokerMessage, messageCodec } from "../smp/message.ts";
import type { NewQueue, NotifierKeys, QueueRequest } from "../smp/new-queue.ts";
import type { QueueIds } from "../smp/queue-ids.ts";
import type { QueueInfo, SubscriptionState } from "../smp/queue-info.ts";
import type { QueueMode } from "../smp/queue-mode.ts";
import { smpVersions } from "../smp/version.ts";
import type { Unchecked } from "./files.ts";
import { authKeyOf } from "./keys.ts";
import { queueModeOf, versionRangeOf } from "./values.ts";
import {
  array,
  expectBytes,
  expectFailure,
  expectSame,
  flag,
  hex,
  integer,
  object,
  oneOf,
  optional,
  text,
  type Vector,
  type VectorChecks,
} from "./vectors.ts";

type Fields = Readonly<Record<string, unknown>>;

function readDhKey(der: unknown): Uint8Array {
  return decodePublicKey(hex(der), "X25519").key;
}

function readLinkData(value: unknown): LinkData {
  const data = object(value);
  return { fixedData: hex(data["encFixedData"]), userData: hex(data["encUserData"]) };
}

function readNotifierKeys(value: unknown): NotifierKeys {
  const keys = object(value);
  return { authKey: authKeyOf(keys["ntfAuthKey"]), rcvDhKey: readDhKey(keys["rcvNtfDhKey"]) };
}

function readRequest(value: unknown): QueueRequest {
  const request = object(value);
  const type = queueModeOf(request["mode"]);
  const link = optional(request["data"], (data) => {
    const { senderId, linkData, linkId } = object(data);
    return {
      ...(type === "contact" ? { linkId: hex(linkId) } : {}),
      senderId: hex(senderId),
      linkData: readLinkData(linkData),
    };
  });
  return { type, link } as QueueRequest;
}

function readNewQueue(fields: Fields): NewQueue {
  return {
    rcvAuthKey: authKeyOf(fields["rcvAuthKey"]),
    rcvDhKey: readDhKey(fields["rcvDhKey"]),
    basicAuth: optional(fields["basicAuth"], (password) => utf8Encode(text(password))),
    subscribeMode: oneOf(fields["subMode"], "subscribe", "only-create"),
    request: optional(fields["queueReqData"], readRequest),
    notifier: optional(fields["ntfCreds"], readNotifierKeys),
  };
}

function readCommand(type: string, fields: Fields): Command {
  switch (type) {
    case "NEW":
      return { type, ...readNewQueue(fields) };
    case "KEY":
    case "SKEY":
    case "LKEY":
      return { type, key: authKeyOf(fields["key"]) };
    case "RKEY":
      return { type, keys: array(fields["keys"]).map(authKeyOf) };
    case "LSET":
      return { type, linkId: hex(fields["linkId"]), linkData: readLinkData(fields["linkData"]) };
    case "NKEY":
      return { type, ...readNotifierKeys(fields) };
    case "ACK":
      return { type, messageId: hex(fields["msgId"]) };
    case "SEND":
      return { type, flags: { notification: flag(fields["notification"]) }, body: hex(fields["body"]) };
    case "PRXY":
      return {
        type,
        relay: parseRelayAddress(text(fields["server"]), "smp"),
        basicAuth: optional(fields["basicAuth"], (password) => utf8Encode(text(password))),
      };
    case "PFWD":
      return {
        type,
        version: integer(fields["fwdVersion"]),
        key: readDhKey(fields["fwdKey"]),
        encrypted: hex(fields["encTransmission"]),
      };
    case "RFWD":
      return { type, encrypted: hex(fields["encFwdTransmission"]) };
    default:
      expectSame(fields, {}, "fields of a command without parameters");
      return { type } as Command;
  }
}

/** What of a command is told in a version. */
function commandAsTold(version: number, command: Command): Command {
  if (command.type !== "NEW") return command;
  return {
    ...command,
    request: requestAsTold(version, command.request),
    notifier: version >= 17 ? command.notifier : undefined,
  };
}

function requestAsTold(version: number, request: QueueRequest | undefined): QueueRequest | undefined {
  if (version >= 15) return request;
  return version >= 9 ? { type: request?.type ?? "contact", link: undefined } : undefined;
}

function readQueueIds(fields: Fields): QueueIds {
  return {
    recipientId: hex(fields["rcvId"]),
    senderId: hex(fields["sndId"]),
    rcvDhKey: readDhKey(fields["rcvPublicDhKey"]),
    queueMode: optional(fields["queueMode"], queueModeOf),
    linkId: optional(fields["linkId"], hex),
    serviceId: optional(fields["serviceId"], hex),
    notifier: optional(fields["serverNtfCreds"], readNotifierIds),
  };
}

function readNotifierIds(value: unknown): NonNullable<QueueIds["notifier"]> {
  const ids = object(value);
  return { notifierId: hex(ids["notifierId"]), rcvDhKey: readDhKey(ids["rcvNtfDhKey"]) };
}

function readQueueInfo(value: unknown): QueueInfo {
  const info = object(value);
  return {
    hasSenderKey: flag(info["qiSnd"]),
    hasNotifier: flag(info["qiNtf"]),
    subscription: optional(info["qiSub"], (subscription) => ({
      state: text(object(subscription)["qSubThread"]) as SubscriptionState,
      deliveredId: optional(object(subscription)["qDelivered"], text),
    })),
    size: integer(info["qiSize"]),
    message: optional(info["qiMsg"], (message) => ({
      id: text(object(message)["msgId"]),
      time: Date.parse(text(object(message)["msgTs"])) / 1000,
      type: oneOf(object(message)["msgType"], "quota", "message"),
    })),
  };
}

function readError(value: unknown): SmpError {
  const error = object(value);
  const type = text(error["type"]);
  switch (type) {
    case "CMD":
      return { type, error: text(object(error["cmdErr"])["type"]) as CommandError };
    case "PROXY":
      return { type, error: readProxyError(error["proxyErr"]) };
    case "STORE":
      return { type, text: text(error["storeErr"]) };
    case "BLOCKED": {
      const info = object(error["blockInfo"]);
      return {
        type,
        reason: oneOf(info["reason"], "spam", "content"),
        notice: optional(info["notice"], (notice) => ({ ttl: optional(object(notice)["ttl"], integer) })),
      };
    }
    default:
      return { type } as SmpError;
  }
}

function readProxyError(value: unknown): ProxyError {
  const error = object(value);
  const type = text(error["type"]);
  if (type === "PROTOCOL") return { type, error: readError(error["protocolErr"]) };
  if (type === "BROKER") return { type, error: readBrokerError(error["brokerErr"]) };
  return { type } as ProxyError;
}

function readBrokerError(value: unknown): BrokerError {
  const error = object(value);
  const type = text(error["type"]);
  switch (type) {
    case "RESPONSE":
    case "UNEXPECTED":
      return { type, text: text(error["respErr"]) };
    case "NETWORK":
      return { type, error: readNetworkError(error["networkError"]) };
    case "TRANSPORT":
      return { type, error: readTransportError(error["transportErr"]) };
    default:
      return { type } as BrokerError;
  }
}

function readNetworkError(value: unknown): NetworkError {
  const error = object(value);
  switch (text(error["type"])) {
    case "connectError":
      return { type: "CONNECT", text: text(error["connectError"]) };
    case "tLSError":
      return { type: "TLS", text: text(error["tlsError"]) };
    case "subscribeError":
      return { type: "SUBSCRIBE", text: text(error["subscribeError"]) };
    case "unknownCAError":
      return { type: "UNKNOWNCA" };
    case "timeoutError":
      return { type: "TIMEOUT" };
    case "failedError":
      return { type: "FAILED" };
    default:
      throw new TypeError("not a network error");
  }
}

const transportErrors: Readonly<Record<string, TransportError>> = {
  badBlock: { type: "BLOCK" },
  version: { type: "VERSION" },
  largeMsg: { type: "LARGE_MSG" },
  badSession: { type: "SESSION" },
  noServerAuth: { type: "NO_AUTH" },
};

function readTransportError(value: unknown): TransportError {
  const error = object(value);
  const type = oneOf(error["type"], "handshake", ...Object.keys(transportErrors));
  const found = transportErrors[type];
  if (found !== undefined) return found;
  return { type: "HANDSHAKE", error: text(object(error["handshakeErr"])["type"]) as HandshakeError };
}

function readMessage(type: string, fields: Fields): BrokerMessage {
  switch (type) {
    case "IDS":
      return { type, ...readQueueIds(fields) };
    case "LNK":
      return { type, senderId: hex(fields["senderId"]), linkData: readLinkData(fields["linkData"]) };
    case "SOK":
      return { type, serviceId: optional(fields["serviceId"], hex) };
    case "SOKS":
    case "ENDS":
      return { type, count: integer(fields["count"]) };
    case "MSG":
      return { type, messageId: hex(fields["msgId"]), body: hex(fields["encBody"]) };
    case "NID":
      return { type, ...readNotifierIds(fields) };
    case "NMSG":
      return { type, nonce: hex(fields["nonce"]), encryptedMeta: hex(fields["encNMsgMeta"]) };
    case "PKEY": {
      return {
        type,
        sessionId: hex(fields["sessionId"]),
        versionRange: versionRangeOf(fields["versionRange"]),
        signedKey: {
          certificateChain: array(fields["certChain"]).map(hex),
          signedKey: hex(fields["signedPubKeyDer"]),
        },
      };
    }
    case "RRES":
      return { type, encrypted: hex(fields["encFwdResponse"]) };
    case "PRES":
      return { type, encrypted: hex(fields["encResponse"]) };
    case "INFO":
      return { type, info: readQueueInfo(fields["info"]) };
    case "ERR":
      return { type, error: readError(fields["error"]) };
    default:
      expectSame(fields, {}, "fields of a message without parameters");
      return { type } as BrokerMessage;
  }
}

/** What of a message is told in a version. */
function messageAsTold(version: number, message: BrokerMessage, { output }: Vector): BrokerMessage {
  switch (message.type) {
    case "IDS":
      return {
        ...message,
        queueMode: modeAsTold(version, message.queueMode),
        linkId: version >= 15 ? message.linkId : undefined,
        serviceId: version >= 16 ? message.serviceId : undefined,
        notifier: version >= 17 ? message.notifier : undefined,
      };
    case "SOK":
      return version >= 16 ? message : { type: "OK" };
    case "DELD":
      return version >= 10 ? message : { type: "END" };
    case "ERR": {
      // The vectors about NETWORK say in their name what is lost, and have no `decodedError`.
      const networkFailed = {
        type: "BROKER",
        error: { type: "NETWORK", error: { type: "FAILED" } },
      } as const;
      const error = optional(output["decodedError"], readError) ?? { type: "PROXY", error: networkFailed };
      return { type: "ERR", error };
    }
    default:
      return message;
  }
}

function modeAsTold(version: number, mode: QueueMode | undefined): QueueMode | undefined {
  if (version >= 15) return mode;
  return version >= 9 ? (mode ?? "contact") : undefined;
}

function versionsOf({ input }: Vector): readonly number[] {
  return array(input["versions"]).map(integer);
}

/** What only says that it must be rejected, and not what it would be. */
function expectUnread(codec: Codec<unknown>, { input, output }: Vector): void {
  expectSame(output["decodes"], false, "decodes");
  expectFailure(() => decode(codec, hex(input["encoded"])));
}

/** The texts that some messages have besides their bytes. */
function expectTexts(message: BrokerMessage, { input, output }: Vector): void {
  const { encoded, encodedText, errorString } = output;
  optional(encodedText, (due) => expectSame(latin1Decode(hex(encoded)), due, "encodedText"));
  optional(errorString ?? object(input["fields"])["infoJson"], (due) => {
    const newest = utf8Decode(encode(messageCodec(smpVersions.max), message));
    const withoutLength = newest.replace(/(RESPONSE|UNEXPECTED) ./s, "$1 ");
    expectSame(withoutLength, `${message.type} ${text(due)}`, "text");
  });
}

function checkCommand(vector: Vector): void {
  const { input, output } = vector;
  for (const version of versionsOf(vector)) {
    const codec = commandCodec(version);
    if ("decodes" in output) {
      expectUnread(codec, vector);
      continue;
    }
    const command = readCommand(text(input["command"]), object(input["fields"]));
    expectBytes(encode(codec, command), output["encoded"], `v${version} encoded`);
    expectSame(decode(codec, hex(output["encoded"])), commandAsTold(version, command), `v${version} decoded`);
  }
}

function checkMessage(vector: Vector): void {
  const { input, output } = vector;
  for (const version of versionsOf(vector)) {
    const codec = messageCodec(version);
    if ("decodes" in output) {
      expectUnread(codec, vector);
      continue;
    }
    const message = readMessage(text(input["message"]), object(input["fields"]));
    expectBytes(encode(codec, message), output["encoded"], `v${version} encoded`);
    expectTexts(message, vector);
    const told = messageAsTold(version, message, vector);
    expectSame(decode(codec, hex(output["encoded"])), told, `v${version} decoded`);
  }
}

function checkDecodeOnly(vector: Vector): void {
  const { input, output } = vector;
  const fields = object(output["fields"]);
  for (const version of versionsOf(vector)) {
    const bytes = hex(input["encoded"]);
    if (input["command"] === undefined) {
      expectSame(decode(messageCodec(version), bytes), readMessage(text(input["message"]), fields));
    } else {
      expectSame(decode(commandCodec(version), bytes), readCommand(text(input["command"]), fields));
    }
  }
}

export const checks: VectorChecks = {
  command: checkCommand,
  brokerMsg: checkMessage,
  decodeOnly: checkDecodeOnly,
};

const dropped = "details of a network error are not written";

export const unchecked: Unchecked = {
  "brokerMsg: input.fields.error.proxyErr.brokerErr.networkError.connectError": dropped,
  "brokerMsg: input.fields.error.proxyErr.brokerErr.networkError.tlsError": dropped,
  "brokerMsg: input.fields.error.proxyErr.brokerErr.networkError.subscribeError": dropped,
};
