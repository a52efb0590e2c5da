import { decode, encode } from "../../bytes/index.ts";
import { boxTagLength, secretbox } from "../../crypto/box.ts";
import { nonceFromBytes, reverseNonce } from "../../crypto/nonce.ts";
import { x25519 } from "../../crypto/x25519.ts";
import { agreeWith, authorizer, isAuthorized } from "../../smp/authorization.ts";
import { encodeBatch } from "../../smp/batch.ts";
import { joinChunks } from "../../smp/chunks.ts";
import { commandCodec } from "../../smp/command.ts";
import { decodeCommands, decodeMessages } from "../../smp/decode-transmission.ts";
import { encodeCommand, encodeForAuthorization, encodeMessage } from "../../smp/encode-transmission.ts";
import { messageCodec } from "../../smp/message.ts";
import {
  forwardedCommand,
  openForwarded,
  openForwardedResponse,
  openProxied,
  openProxiedResponse,
  sealForwarded,
  sealForwardedResponse,
  sealProxied,
  sealProxiedResponse,
} from "../../smp/proxied.ts";
import {
  authKeyOf,
  authPrivateKeyOf,
  expectKeyPairs,
  rawPrivateKey,
  rawPublicKey,
  secretOf,
} from "../keys.ts";
import { expectBytes, expectSame, hex, integer, text, type Vector } from "../vectors.ts";
import { expectSha256, idsOf } from "./values.ts";

export function checkProxied({ input, output }: Vector): void {
  expectKeyPairs(input);
  const version = integer(input["fwdVersion"]);
  const session = { version, sessionId: hex(input["relaySessionId"]) };
  const ids = idsOf(input);
  const { correlationId, entityId } = ids;
  const proxyCorrelationId = hex(input["proxyRelayCorrId"]);
  const command = decode(commandCodec(version), hex(input["command"]));

  // client
  const senderKey = authPrivateKeyOf(input["senderPrivateKeyDer"]);
  const relayKey = rawPublicKey(input["relayPublicKeyDer"]);
  const commandSecret = secretOf(input["cmdPrivateKeyDer"], input["relayPublicKeyDer"]);
  expectBytes(commandSecret, output["cmdSecret"], "command secret");
  const { authorized } = encodeForAuthorization(session, ids, command);
  expectBytes(authorized, output["transmissionForAuth"], "authorized");
  const batch = encodeBatch([
    encodeCommand(session, ids, command, authorizer(senderKey, agreeWith(relayKey))),
  ]);
  expectBytes(joinChunks(batch), output["batch"], "batch");
  const encrypted = sealProxied(commandSecret, correlationId, batch);
  expectBytes(encrypted, output["encTransmission"], "encrypted transmission");
  expectSame(encrypted.length - boxTagLength, input["paddedLength"], "padded length");
  const key = rawPublicKey(input["cmdPublicKeyDer"]);
  const pfwd = encode(commandCodec(version), { type: "PFWD", version, key, encrypted });
  expectSame(pfwd.length, output["pfwdLength"], "PFWD length");
  expectSha256(pfwd, output["pfwdSha256"], "PFWD");

  // proxy
  const proxySecret = secretOf(input["proxyPrivateKeyDer"], input["relayPublicKeyDer"]);
  expectBytes(proxySecret, output["proxyRelaySecret"], "proxy secret");
  const forwarded = { correlationId, version, key, encrypted };
  const forwardedBytes = encode(forwardedCommand, forwarded);
  const prefix = text(output["fwdTransmissionPrefix"]);
  expectBytes(forwardedBytes.subarray(0, prefix.length / 2), prefix, "forwarded prefix");
  expectSha256(forwardedBytes, output["fwdTransmissionSha256"], "forwarded");
  const encryptedForward = sealForwarded(proxySecret, proxyCorrelationId, forwarded);
  expectBytes(encryptedForward, output["encFwdTransmission"], "encrypted forward");
  const rfwd = encode(commandCodec(version), { type: "RFWD", encrypted: encryptedForward });
  expectSha256(rfwd, output["rfwdSha256"], "RFWD");

  // relay
  expectSame(openForwarded(proxySecret, proxyCorrelationId, encryptedForward), forwarded, "opened forward");
  const opened = openProxied(commandSecret, correlationId, encrypted);
  const [received] = decodeCommands(session, opened);
  if (received?.type !== "command") throw new Error("command is rejected");
  expectSame(received.command, command, "command");
  const queueKey = authKeyOf(input["senderPublicKeyDer"]);
  const agree = x25519.prepare(rawPrivateKey(input["relayPrivateKeyDer"]));
  expectSame(isAuthorized(queueKey, received, agree), true, "is authorized");
  const response = decode(messageCodec(version), hex(input["response"]));
  const responseBatch = encodeBatch([encodeMessage(session, { correlationId, entityId }, response)]);
  expectBytes(joinChunks(responseBatch), output["responseBatch"], "response batch");
  const encryptedResponse = sealProxiedResponse(commandSecret, correlationId, responseBatch);
  expectBytes(encryptedResponse, output["encResponse"], "encrypted response");
  const nonce = reverseNonce(nonceFromBytes(correlationId));
  expectBytes(nonce, output["responseNonce"], "response nonce");
  expectBytes(
    secretbox.open(commandSecret, nonce, encryptedResponse),
    output["responseBatch"],
    "response opened with its nonce",
  );
  const forwardedResponse = { correlationId, encrypted: encryptedResponse };
  const encryptedForwardResponse = sealForwardedResponse(proxySecret, proxyCorrelationId, forwardedResponse);
  expectBytes(encryptedForwardResponse, output["encFwdResponse"], "encrypted forward response");
  const rres = encode(messageCodec(version), { type: "RRES", encrypted: encryptedForwardResponse });
  expectSha256(rres, output["rresSha256"], "RRES");

  // proxy and client
  expectSame(
    openForwardedResponse(proxySecret, proxyCorrelationId, encryptedForwardResponse),
    forwardedResponse,
    "opened response",
  );
  const pres = encode(messageCodec(version), { type: "PRES", encrypted: encryptedResponse });
  expectSha256(pres, output["presSha256"], "PRES");
  const answer = decodeMessages(
    session,
    openProxiedResponse(commandSecret, correlationId, encryptedResponse),
  );
  expectSame(answer, [{ type: "message", ...ids, message: response }], "answer");
}
