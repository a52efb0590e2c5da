import { concat, decode } from "../../bytes/index.ts";
import { ed25519 } from "../../crypto/ed25519.ts";
import { x25519 } from "../../crypto/x25519.ts";
import { agreeWith, authorizer, isAuthorized } from "../../smp/authorization.ts";
import { encodeBatch, packBatches } from "../../smp/batch.ts";
import { plainBlocks } from "../../smp/block.ts";
import { joinChunks } from "../../smp/chunks.ts";
import { type Command, commandCodec } from "../../smp/command.ts";
import { decodeCommands, decodeMessages } from "../../smp/decode-transmission.ts";
import { encodeCommand, encodeForAuthorization, encodeMessage } from "../../smp/encode-transmission.ts";
import { blockLength } from "../../smp/limits.ts";
import { messageCodec } from "../../smp/message.ts";
import type { CommandTransmission } from "../../smp/transmission.ts";
import { authKeyOf, authPrivateKeyOf, expectKeyPairs, rawPrivateKey, rawPublicKey } from "../keys.ts";
import {
  array,
  expectBytes,
  expectSame,
  hex,
  integer,
  type Json,
  optional,
  text,
  type Vector,
} from "../vectors.ts";
import { chunksOf, expectSha256, idsOf } from "./values.ts";

function sessionOf(input: Json) {
  return { version: integer(input["version"]), sessionId: hex(input["sessionId"]) };
}

function authorizerOf(input: Json) {
  if (text(input["authorization"]) === "none") return undefined;
  const key = authPrivateKeyOf(input["authPrivateKeyDer"]);
  const serverKey = optional(input["serverPublicKeyDer"], rawPublicKey);
  const service = optional(input["servicePrivateKeyDer"], (der) => ({
    certificateHash: hex(input["serviceCertHash"]),
    privateKey: rawPrivateKey(der),
  }));
  return authorizer(key, agreeWith(serverKey ?? new Uint8Array(32)), service);
}

export function checkClientTransmission({ input, output }: Vector): void {
  expectKeyPairs(input);
  const session = sessionOf(input);
  const ids = idsOf(input);
  const command = decode(commandCodec(session.version), hex(input["command"]));

  const { authorized, sent } = encodeForAuthorization(session, ids, command);
  expectBytes(authorized, output["transmissionForAuth"], "authorized");
  expectBytes(sent, output["transmissionToSend"], "sent");
  const encoded = encodeCommand(session, ids, command, authorizerOf(input));
  expectBytes(joinChunks(encoded), output["encoded"], "encoded");
  expectBytes(joinChunks(encodeBatch([encoded])), output["blockContent"], "block content");

  const [received] = decodeCommands(session, hex(output["blockContent"]));
  if (received?.type !== "command") throw new Error("command is rejected");
  expectSame(received.command, command, "command");
  expectBytes(received.correlationId, input["corrId"], "correlation id");
  expectBytes(received.entityId, input["entityId"], "entity id");
  expectBytes(received.serviceSignature ?? new Uint8Array(0), output["serviceSignature"] ?? "", "service");
  expectBytes(authorizationBytes(received), output["authenticator"], "authorization");
  const certificateHash = optional(input["serviceCertHash"], hex);
  expectBytes(
    concat(certificateHash ?? new Uint8Array(0), authorized),
    output["authorizedByQueueKey"],
    "authorized by queue key",
  );
  if (text(input["authorization"]) === "none") return;
  expectBytes(received.authorized, output["transmissionForAuth"], "received authorized");
  const key = authKeyOf(input["authPublicKeyDer"]);
  const agree = x25519.prepare(optional(input["serverPrivateKeyDer"], rawPrivateKey) ?? new Uint8Array(32));
  expectSame(key.algorithm, text(input["authorization"]).split(" ")[0], "algorithm");
  expectSame(isAuthorized(key, received, agree, certificateHash), true, "is authorized");
  expectSame(
    isAuthorized(key, { ...received, authorized: received.authorized.subarray(1) }, agree, certificateHash),
    false,
    "another command is authorized",
  );
  if (received.serviceSignature !== undefined) {
    const serviceKey = rawPublicKey(input["servicePublicKeyDer"]);
    const isSigned = ed25519.verify(serviceKey, received.authorized, received.serviceSignature);
    expectSame(isSigned, true, "is signed by the service");
  }
}

function authorizationBytes({ authorization }: CommandTransmission): Uint8Array {
  if (authorization === undefined) return new Uint8Array(0);
  return authorization.type === "authenticator" ? authorization.authenticator : authorization.signature;
}

export function checkBrokerTransmission({ input, output }: Vector): void {
  const session = sessionOf(input);
  const ids = idsOf(input);
  const message = decode(messageCodec(session.version), hex(input["message"]));
  const encoded = encodeMessage(session, ids, message);
  expectBytes(joinChunks(encoded), output["encoded"], "encoded");
  expectBytes(joinChunks(encodeBatch([encoded])), output["blockContent"], "block content");
  const received = decodeMessages(session, hex(output["blockContent"]));
  expectSame(received, [{ type: "message", ...ids, message }], "received");
}

export function checkBatch({ input, output }: Vector): void {
  expectSame(blockLength, input["blockSize"], "block size");
  const transmissions = array(input["transmissions"]).map(hex).map(chunksOf);
  const blocks = packBatches(transmissions).map((batch) => {
    if (batch.type === "large") throw new Error("a transmission is too large");
    return { content: joinChunks(encodeBatch(batch.transmissions)), count: batch.transmissions.length };
  });
  expectSame(blocks, output["blocks"], "blocks");
  const session = { version: integer(input["version"]), sessionId: new Uint8Array(32) };
  const received = blocks.flatMap(({ content }) => decodeCommands(session, content));
  expectSame(received.length, transmissions.length, "received");
  expectSame(
    received.filter(({ type }) => type !== "command"),
    [],
    "rejected",
  );
}

export function checkBatchLimit({ input, output }: Vector): void {
  const version = integer(input["version"]);
  const command: Command = {
    type: "SEND",
    flags: { notification: true },
    body: new Uint8Array(integer(input["bodyLength"])),
  };
  const ids = { correlationId: new Uint8Array(24), entityId: new Uint8Array(24) };
  const credentials = { authenticator: new Uint8Array(80), serviceSignature: undefined };
  const encoded = encodeCommand({ version, sessionId: new Uint8Array(32) }, ids, command, () => credentials);
  expectSame(encoded.length, input["transmissionLength"], "transmission length");
  const [batch] = packBatches([encoded]);
  expectSame(batch?.type === "batch" ? "fits" : "does not fit", output["result"], "result");
}

export function checkPaddedBlock({ input, output }: Vector): void {
  const block = plainBlocks.seal(chunksOf(hex(input["content"])));
  const prefix = text(output["blockPrefix"]);
  expectSame(block.length, input["blockSize"], "block size");
  expectSame(block.length, output["blockLength"], "length");
  expectBytes(block.subarray(0, prefix.length / 2), prefix, "prefix");
  expectSha256(block, output["blockSha256"], "block");
  const empty = plainBlocks.seal(chunksOf(new Uint8Array(0)));
  expectBytes(empty.subarray(-1), output["paddingByte"], "padding");
  expectBytes(plainBlocks.open(block), input["content"], "content");
}
