import type { AgentMessage, AMessage } from "../../agent/messages/agent-message.ts";
import type { AgentEnvelope } from "../../agent/messages/envelope.ts";
import { authKeyOf } from "../keys.ts";
import { paramsOf } from "../ratchet/values.ts";
import { array, flag, hex, integer, type Json, object, optional } from "../vectors.ts";
import { readInfo, readInvitation, readName, readUri } from "./addresses.ts";

export function readAMessage(value: unknown): AMessage {
  const message = object(value);
  const queues = () => array(message["queues"]).map(object);
  switch (message["type"]) {
    case "HELLO":
      return { type: "hello" };
    case "A_MSG":
      return { type: "message", body: hex(message["body"]) };
    case "A_RCVD":
      return {
        type: "receipts",
        receipts: array(message["receipts"])
          .map(object)
          .map((one) => ({
            sharedId: integer(one["agentMsgId"]),
            hash: hex(one["msgHash"]),
            info: hex(one["rcptInfo"]),
          })),
      };
    case "A_QCONT":
      return { type: "queueContinue", queue: readName(message["queueAddress"]) };
    case "QADD":
      return {
        type: "queueAdd",
        queues: queues().map(({ uri, replaces }) => [readUri(uri), optional(replaces, readName)]),
      };
    case "QKEY":
      return {
        type: "queueKey",
        queues: queues().map(({ info, senderKeyDer }) => [readInfo(info), authKeyOf(senderKeyDer)]),
      };
    case "QUSE":
      return {
        type: "queueUse",
        queues: queues().map(({ queueAddress, primary }) => [readName(queueAddress), flag(primary)]),
      };
    case "QTEST":
      return { type: "queueTest", queues: array(message["queues"]).map(readName) };
    case "EREADY":
      return { type: "ratchetReady", lastSharedId: integer(message["lastDecryptedMsgId"]) };
    default:
      throw new TypeError(`message type ${String(message["type"])} is unknown`);
  }
}

export function readAgentMessage(input: Json): AgentMessage {
  switch (input["type"]) {
    case "I":
      return { type: "info", info: hex(input["connInfo"]) };
    case "D":
      return {
        type: "infoReply",
        queues: array(input["smpQueues"]).map(readInfo),
        info: hex(input["connInfo"]),
      };
    case "R":
      return { type: "ratchetInfo", info: hex(input["info"]) };
    case "M":
      return {
        type: "message",
        sharedId: integer(input["sndMsgId"]),
        previousHash: hex(input["prevMsgHash"]),
        message: readAMessage(input["message"]),
      };
    default:
      throw new TypeError(`message type ${String(input["type"])} is unknown`);
  }
}

export function readEnvelope(input: Json): AgentEnvelope {
  const agentVersion = integer(input["agentVersion"]);
  switch (input["type"]) {
    case "C":
      return {
        type: "confirmation",
        agentVersion,
        ratchet: optional(input["e2eEncryption"], paramsOf),
        encrypted: hex(input["encConnInfo"]),
      };
    case "M":
      return { type: "message", agentVersion, encrypted: hex(input["encAgentMessage"]) };
    case "I":
      return {
        type: "invitation",
        agentVersion,
        request: readInvitation(input["connReq"]),
        info: hex(input["connInfo"]),
      };
    case "R":
      return {
        type: "ratchetKey",
        agentVersion,
        ratchet: paramsOf(input["e2eEncryption"]),
        info: hex(input["info"]),
      };
    default:
      throw new TypeError(`envelope type ${String(input["type"])} is unknown`);
  }
}
