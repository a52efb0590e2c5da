import type { ConnectionRequest, InvitationRequest } from "../../agent/links/connection-request.ts";
import type { QueueInfo, QueueName, QueueUri } from "../../agent/queues/queue-address.ts";
import { decodePrivateKey, decodePublicKey } from "../../crypto/keys.ts";
import type { E2eParamsUri } from "../../ratchet/e2e-params.ts";
import { parseServiceSchemePrefix } from "../../smp/service-scheme.ts";
import { kemParamsOf, x448Key } from "../ratchet/values.ts";
import { queueModeOf, relayOf, versionRangeOf } from "../values.ts";
import { array, hex, integer, type Json, object, oneOf, optional, text } from "../vectors.ts";

const x25519 = (value: unknown) => decodePublicKey(hex(value), "X25519").key;
export const ed25519 = (value: unknown) => decodePublicKey(hex(value), "Ed25519").key;
export const ed25519Private = (value: unknown) => decodePrivateKey(hex(value), "Ed25519").key;

export function readName(value: unknown): QueueName {
  const { server, senderId } = object(value);
  return { relay: relayOf(server), senderId: hex(senderId) };
}

function readAddress(value: Json) {
  return {
    ...readName(value),
    dhKey: x25519(value["dhPublicKeyDer"]),
    mode: optional(value["queueMode"], queueModeOf),
  };
}

export function readInfo(value: unknown): QueueInfo {
  return { clientVersion: integer(object(value)["clientVersion"]), ...readAddress(object(value)) };
}

export function readUri(value: unknown): QueueUri {
  return { clientVersions: versionRangeOf(object(value)["clientVRange"]), ...readAddress(object(value)) };
}

function readE2eUri(value: unknown): E2eParamsUri {
  const { versionRange, key1Der, key2Der, kem } = object(value);
  return {
    versions: versionRangeOf(versionRange),
    key1: x448Key(key1Der),
    key2: x448Key(key2Der),
    kem: optional(kem, kemParamsOf),
  };
}

export function readInvitation(input: unknown): InvitationRequest {
  const request = readRequest(input);
  if (request.mode === "contact") throw new TypeError("not an invitation");
  return request;
}

function readRequestData(value: Json) {
  return {
    scheme: parseServiceSchemePrefix(text(value["scheme"])).scheme,
    agentVersions: versionRangeOf(value["agentVRange"]),
    queues: array(value["smpQueues"]).map(readUri),
    clientData: optional(value["clientData"], text),
  };
}

export function readRequest(input: unknown): ConnectionRequest {
  const value = object(input);
  if (oneOf(value["mode"], "contact", "invitation") === "contact")
    return { mode: "contact", ...readRequestData(value) };
  return { mode: "invitation", ...readRequestData(value), ratchet: readE2eUri(value["e2eParams"]) };
}
