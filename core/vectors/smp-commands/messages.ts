import type { BrokerMessage } from "../../smp/message.ts";
import type { QueueIds } from "../../smp/queue-ids.ts";
import type { QueueInfo, SubscriptionState } from "../../smp/queue-info.ts";
import type { QueueMode } from "../../smp/queue-mode.ts";
import { queueModeOf, versionRangeOf } from "../values.ts";
import {
  array,
  expectSame,
  flag,
  hex,
  integer,
  type Json,
  object,
  oneOf,
  optional,
  text,
  type Vector,
} from "../vectors.ts";
import { readError } from "./errors.ts";
import { readDhKey, readLinkData } from "./values.ts";

function readQueueIds(fields: Json): QueueIds {
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

export function readMessage(type: string, fields: Json): BrokerMessage {
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
export function messageAsTold(version: number, message: BrokerMessage, { output }: Vector): BrokerMessage {
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
