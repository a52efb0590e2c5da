import { utf8Encode } from "../../bytes/index.ts";
import { parseRelayAddress } from "../../smp/address.ts";
import type { Command } from "../../smp/command.ts";
import type { NewQueue, NotifierKeys, QueueRequest } from "../../smp/new-queue.ts";
import { authKeyOf } from "../keys.ts";
import { queueModeOf } from "../values.ts";
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
} from "../vectors.ts";
import { readDhKey, readLinkData } from "./values.ts";

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

function readNewQueue(fields: Json): NewQueue {
  return {
    rcvAuthKey: authKeyOf(fields["rcvAuthKey"]),
    rcvDhKey: readDhKey(fields["rcvDhKey"]),
    basicAuth: optional(fields["basicAuth"], (password) => utf8Encode(text(password))),
    subscribeMode: oneOf(fields["subMode"], "subscribe", "only-create"),
    request: optional(fields["queueReqData"], readRequest),
    notifier: optional(fields["ntfCreds"], readNotifierKeys),
  };
}

export function readCommand(type: string, fields: Json): Command {
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
export function commandAsTold(version: number, command: Command): Command {
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
