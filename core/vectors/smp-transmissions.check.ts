import { concat, decode, encode, hexEncode } from "../bytes/index.ts";
import { boxTagLength, secretbox } from "../crypto/box.ts";
import {
  certificateFingerprint,
  parseCertificate,
  signPublicKey,
  verifySignedPublicKey,
} from "../crypto/certificate.ts";
import { ed25519 } from "../crypto/ed25519.ts";
import { sha256 } from "../crypto/hash.ts";
import { decodePrivateKey, decodePublicKey } from "../crypto/keys.ts";
import { nonceFromBytes, reverseNonce } from "../crypto/nonce.ts";
import { x25519 } from "../crypto/x25519.ts";
import { agreeWith, authorizer, isAuthorized } from "../smp/authorization.ts";
import { encodeBatch, packBatches } from "../smp/batch.ts";
import { plainBlocks } from "../smp/block.ts";
import { type Chunks, joinChunks } from "../smp/chunks.ts";
import {
  clientMessage,
  clientMessageEnvelope,
  openClientMessage,
  type PrivateHeader,
  privateHeader,
  publicHeader,
  sealClientMessage,
} from "../smp/client-message.ts";
import { type Command, commandCodec } from "../smp/command.ts";
import { decodeCommands, decodeMessages } from "../smp/decode-transmission.ts";
import { type Delivery, delivery, openDelivery, sealDelivery } from "../smp/delivery.ts";
import { encodeCommand, encodeForAuthorization, encodeMessage } from "../smp/encode-transmission.ts";
import {
  type ClientHandshake,
  type ClientService,
  clientHandshake,
  decodeHandshake,
  type ServerHandshake,
  type ServiceRole,
  serverHandshake,
  serviceHandshake,
} from "../smp/handshake.ts";
import { blockLength } from "../smp/limits.ts";
import { messageCodec } from "../smp/message.ts";
import { notificationMeta, openNotification, sealNotification } from "../smp/notification.ts";
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
} from "../smp/proxied.ts";
import { agreeVersions, sessionBlocks } from "../smp/session.ts";
import type { CommandTransmission } from "../smp/transmission.ts";
import type { VersionRange } from "../smp/version.ts";
import type { Unchecked } from "./files.ts";
import { expectKeyPairs } from "./key-pairs.ts";
import {
  array,
  expectBytes,
  expectSame,
  flag,
  hex,
  integer,
  object,
  optional,
  text,
  type Vector,
  type VectorChecks,
} from "./vectors.ts";

function chunksOf(bytes: Uint8Array): Chunks {
  return { length: bytes.length, parts: [bytes] };
}

function rawPrivateKey(der: unknown): Uint8Array {
  return decodePrivateKey(hex(der)).key;
}

function rawPublicKey(der: unknown): Uint8Array {
  return decodePublicKey(hex(der)).key;
}

function secretOf(privateKeyDer: unknown, publicKeyDer: unknown): Uint8Array {
  return x25519.sharedSecret(rawPrivateKey(privateKeyDer), rawPublicKey(publicKeyDer));
}

function expectSha256(bytes: Uint8Array, expected: unknown, what: string): void {
  expectBytes(sha256(bytes), expected, `${what} SHA-256`);
}

function idsOf(input: Vector["input"]) {
  return { correlationId: hex(input["corrId"]), entityId: hex(input["entityId"]) };
}

function sessionOf(input: Vector["input"]) {
  return { version: integer(input["version"]), sessionId: hex(input["sessionId"]) };
}

function authorizerOf(input: Vector["input"]) {
  if (text(input["authorization"]) === "none") return undefined;
  const key = decodePrivateKey(hex(input["authPrivateKeyDer"]), "X25519", "Ed25519", "Ed448");
  const serverKey = optional(input["serverPublicKeyDer"], rawPublicKey);
  const service = optional(input["servicePrivateKeyDer"], (der) => ({
    certificateHash: hex(input["serviceCertHash"]),
    privateKey: rawPrivateKey(der),
  }));
  return authorizer(key, agreeWith(serverKey ?? new Uint8Array(32)), service);
}

function checkClientTransmission({ input, output }: Vector): void {
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
  const key = decodePublicKey(hex(input["authPublicKeyDer"]), "X25519", "Ed25519", "Ed448");
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

function checkBrokerTransmission({ input, output }: Vector): void {
  const session = sessionOf(input);
  const ids = idsOf(input);
  const message = decode(messageCodec(session.version), hex(input["message"]));
  const encoded = encodeMessage(session, ids, message);
  expectBytes(joinChunks(encoded), output["encoded"], "encoded");
  expectBytes(joinChunks(encodeBatch([encoded])), output["blockContent"], "block content");
  const received = decodeMessages(session, hex(output["blockContent"]));
  expectSame(received, [{ type: "message", ...ids, message }], "received");
}

function checkBatch({ input, output }: Vector): void {
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

function checkBatchLimit({ input, output }: Vector): void {
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

function checkPaddedBlock({ input, output }: Vector): void {
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

function checkProxied({ input, output }: Vector): void {
  expectKeyPairs(input);
  const version = integer(input["fwdVersion"]);
  const session = { version, sessionId: hex(input["relaySessionId"]) };
  const ids = idsOf(input);
  const { correlationId, entityId } = ids;
  const proxyCorrelationId = hex(input["proxyRelayCorrId"]);
  const command = decode(commandCodec(version), hex(input["command"]));

  // client
  const senderKey = decodePrivateKey(hex(input["senderPrivateKeyDer"]), "X25519", "Ed25519", "Ed448");
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
  const queueKey = decodePublicKey(hex(input["senderPublicKeyDer"]), "X25519", "Ed25519", "Ed448");
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

function rangeOf(value: unknown): VersionRange {
  const range = object(value);
  return { min: integer(range["min"]), max: integer(range["max"]) };
}

const roles: Readonly<Record<string, ServiceRole>> = { M: "messaging", N: "notifier", P: "proxy" };

function serviceOf(input: Vector["input"]): ClientService | undefined {
  return optional(input["serviceCertDer"], (certificate) => {
    const role = roles[text(input["serviceRole"])];
    if (role === undefined) throw new TypeError("not a service role");
    const signingKey = decodePrivateKey(hex(input["serviceSignPrivateKeyDer"]), "Ed25519", "Ed448");
    const key = decodePublicKey(hex(input["serviceSessionPublicKeyDer"]));
    return {
      role,
      signedKey: {
        certificateChain: [hex(certificate), hex(input["serviceCaCertDer"])],
        signedKey: signPublicKey(signingKey, key),
      },
    };
  });
}

function checkHandshake({ input, output }: Vector): void {
  expectKeyPairs(input);
  const sessionId = hex(input["sessionId"]);
  const versions = rangeOf(input["serverVersionRange"]);
  const isProxy = flag(input["proxyServer"]);
  const agreed = agreeVersions(versions, rangeOf(input["clientVersionRange"]), isProxy);
  if (agreed === undefined) throw new Error("no version is agreed");
  expectSame(agreed.max, output["agreedVersion"], "agreed version");

  const signingKey = decodePrivateKey(hex(input["serverSignPrivateKeyDer"]), "Ed25519", "Ed448");
  const serverKey = decodePublicKey(hex(input["serverPublicKeyDer"]));
  const server: ServerHandshake = {
    versionRange: versions,
    sessionId,
    signedKey: {
      certificateChain: [hex(input["serverCertDer"]), hex(input["serverCaCertDer"])],
      signedKey: signPublicKey(signingKey, serverKey),
    },
  };
  expectBytes(encode(serverHandshake, server), output["serverHandshake"], "server handshake");
  const hello = plainBlocks.seal(chunksOf(encode(serverHandshake, server)));
  expectSha256(hello, output["serverHandshakeBlockSha256"], "server handshake block");
  const receivedServer = decodeHandshake(serverHandshake, plainBlocks.open(hello));
  const hasKey = versions.max >= 7;
  expectSame(receivedServer, { ...server, ...(hasKey ? {} : { signedKey: undefined }) }, "received server");
  const identity = parseCertificate(hex(input["serverCaCertDer"]));
  expectBytes(certificateFingerprint(identity), input["keyHash"], "key hash");
  const leafKey = parseCertificate(hex(input["serverCertDer"])).publicKey;
  if (leafKey === undefined) throw new Error("leaf has no key of ours");
  if (receivedServer.signedKey !== undefined) {
    const key = verifySignedPublicKey(leafKey, receivedServer.signedKey.signedKey);
    expectSame(key, serverKey, "signed key");
  }

  const client: ClientHandshake = {
    version: agreed.max,
    keyHash: hex(input["keyHash"]),
    key: optional(input["clientPublicKeyDer"], rawPublicKey),
    isProxy,
    service: serviceOf(input),
  };
  const clientBytes = encode(clientHandshake, client);
  expectBytes(clientBytes, output["clientHandshake"], "client handshake");
  const clientBlock = plainBlocks.seal(chunksOf(clientBytes));
  expectSha256(clientBlock, output["clientHandshakeBlockSha256"], "client handshake block");
  const receivedClient = decodeHandshake(clientHandshake, plainBlocks.open(clientBlock));
  expectSame(
    receivedClient,
    {
      ...client,
      key: agreed.max >= 7 ? client.key : undefined,
      isProxy: agreed.max >= 14 && isProxy,
    },
    "received client",
  );
  optional(output["serverHandshakeResponse"], (encoded) => {
    const accepted = { type: "accepted", serviceId: hex(input["serviceId"]) } as const;
    expectBytes(encode(serviceHandshake, accepted), encoded, "service handshake");
    expectSame(decodeHandshake(serviceHandshake, hex(encoded)), accepted, "received service");
  });
  checkBlocks({ input, output } as Vector, { version: agreed.max, sessionId, isProxy });
}

function checkBlocks(
  { input, output }: Pick<Vector, "input" | "output">,
  agreed: { readonly version: number; readonly sessionId: Uint8Array; readonly isProxy: boolean },
): void {
  const hasKeys = agreed.version >= 7;
  const dhSecret = optional(hasKeys ? input["clientPrivateKeyDer"] : undefined, (der) =>
    secretOf(der, input["serverPublicKeyDer"]),
  );
  const clientBlocks = sessionBlocks("client", { ...agreed, dhSecret });
  const serverBlocks = sessionBlocks("server", { ...agreed, dhSecret });
  const client1 = clientBlocks.seal(chunksOf(hex(input["clientBlock1Content"])));
  const client2 = clientBlocks.seal(chunksOf(hex(input["clientBlock2Content"])));
  const server1 = serverBlocks.seal(chunksOf(hex(input["serverBlock1Content"])));
  expectSame(clientBlocks !== plainBlocks, output["blocksEncrypted"], "blocks encrypted");
  expectSha256(client1, output["clientBlock1Sha256"], "client block 1");
  expectSha256(client2, output["clientBlock2Sha256"], "client block 2");
  expectSha256(server1, output["serverBlock1Sha256"], "server block 1");
  optional(output["clientBlock1"], (expected) => expectBytes(client1, expected, "client block 1"));
  optional(output["serverBlock1"], (expected) => expectBytes(server1, expected, "server block 1"));
  expectBytes(serverBlocks.open(client1), input["clientBlock1Content"], "opened client block 1");
  expectBytes(serverBlocks.open(client2), input["clientBlock2Content"], "opened client block 2");
  expectBytes(clientBlocks.open(server1), input["serverBlock1Content"], "opened server block 1");
}

function checkServiceError({ output }: Vector): void {
  const error = { type: "HANDSHAKE", error: "BAD_SERVICE" } as const;
  const refused = { type: "rejected", error } as const;
  const inTheirWords = `TEHandshake {handshakeErr = ${error.error}}`;
  expectSame(inTheirWords, output["clientError"], "error of the client");
  expectSame(inTheirWords, output["serverError"], "error of the relay");
  expectBytes(encode(serviceHandshake, refused), output["serverHandshakeResponse"], "encoded");
  expectSame(decode(serviceHandshake, hex(output["serverHandshakeResponse"])), refused, "decoded");
}

function checkPublicHeader({ input, output }: Vector): void {
  const header = {
    version: integer(input["version"]),
    key: optional(input["e2ePubDhKeyDer"], rawPublicKey),
  };
  expectBytes(encode(publicHeader, header), output["encoded"], "encoded");
  expectSame(decode(publicHeader, hex(output["encoded"])), header, "decoded");
}

function privateHeaderOf(input: Vector["input"]): PrivateHeader {
  const senderKey = optional(input["senderKeyDer"], (der) =>
    decodePublicKey(hex(der), "X25519", "Ed25519", "Ed448"),
  );
  return senderKey === undefined ? { type: "empty" } : { type: "confirmation", senderKey };
}

function checkPrivateHeader({ input, output }: Vector): void {
  const header = privateHeaderOf(input);
  expectBytes(encode(privateHeader, header), output["encoded"], "encoded");
  expectSame(decode(privateHeader, hex(output["encoded"])), header, "decoded");
}

function checkEnvelope({ input, output }: Vector): void {
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

function checkDelivery({ input, output }: Vector): void {
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

function deliveryOf(input: Vector["input"]): Delivery {
  const time = integer(input["timestamp"]);
  if (text(input["kind"]) === "rcvMessageQuota") return { type: "quota", time };
  const repeated = optional(input["bodyLength"], (length) =>
    new Uint8Array(integer(length)).fill(Number.parseInt(text(input["bodyRepeatByte"]), 16)),
  );
  const flags = { notification: flag(input["notification"]) };
  return { type: "message", time, flags, body: repeated ?? hex(input["body"]) };
}

function checkNotification({ input, output }: Vector): void {
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

export const checks: VectorChecks = {
  clientTransmission: checkClientTransmission,
  brokerTransmission: checkBrokerTransmission,
  batch: checkBatch,
  batchLimit: checkBatchLimit,
  paddedBlock: checkPaddedBlock,
  proxied: checkProxied,
  handshake: checkHandshake,
  handshakeServiceError: checkServiceError,
  pubHeader: checkPublicHeader,
  privHeader: checkPrivateHeader,
  clientMsgEnvelope: checkEnvelope,
  rcvMessage: checkDelivery,
  rcvMessageQuota: checkDelivery,
  nMsgMeta: checkNotification,
};

export const unchecked: Unchecked = {
  "batchLimit: input.version": "in the versions next to it the transmission is as long",
  "handshake: input.clientVersionRange.max": "it is our newest version, which no relay here offers more than",
};
