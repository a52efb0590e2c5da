import { type AgentMessage, agentMessage } from "../agent/messages/agent-message.ts";
import { type AgentEnvelope, agentEnvelope } from "../agent/messages/envelope.ts";
import { decode, encode, hexEncode } from "../bytes/index.ts";
import { initBlockChain, nextBlockKey } from "../crypto/block-chain.ts";
import { boxTagLength } from "../crypto/box.ts";
import { sha256 } from "../crypto/hash.ts";
import { SNTRUP761_PRIVATE_KEY_BYTES, sntrup761, sntrup761PublicKeyOf } from "../crypto/sntrup761.ts";
import { x448 } from "../crypto/x448.ts";
import type { KemSecrets } from "../ratchet/keys.ts";
import {
  acceptRatchet,
  decrypt,
  type E2eKeys,
  type E2eParams,
  e2eParams,
  encrypt,
  noSkippedKeys,
  type RatchetState,
} from "../ratchet/ratchet.ts";
import { startSending } from "../ratchet/start.ts";
import { agreeWith, authorizer } from "../smp/authorization.ts";
import { encodeBatch } from "../smp/batch.ts";
import { joinChunks } from "../smp/chunks.ts";
import {
  clientMessage,
  clientMessageEnvelope,
  openClientMessage,
  sealClientMessage,
} from "../smp/client-message.ts";
import { openDelivery, sealDelivery } from "../smp/delivery.ts";
import { encodeCommand, encodeForAuthorization, encodeMessage } from "../smp/encode-transmission.ts";
import { sessionBlocks } from "../smp/session.ts";
import { authPrivateKeyOf, expectKeyPairs, rawPublicKey, secretOf } from "./keys.ts";
import {
  array,
  expectBytes,
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
  type VectorChecks,
} from "./vectors.ts";

const noRandom = (): never => {
  throw new Error("nothing is random here");
};

function expectDigest(actual: Uint8Array, expected: unknown, what: string): void {
  const { length, sha256: digest } = object(expected);
  expectSame({ length: actual.length, sha256: hexEncode(sha256(actual)) }, { length, sha256: digest }, what);
}

function keyPair(privateKey: unknown) {
  const key = hex(privateKey);
  return { publicKey: x448.publicKey(key), privateKey: key };
}

/** The ratchet of the side that created the connection. */
function recipientRatchet(input: Json, own: E2eParams, peer: E2eParams): RatchetState {
  const secret = optional(input["ratchetRecipientKemSecretKey"], hex);
  const kem: KemSecrets | undefined = secret &&
    own.kem && { type: "proposed", keyPair: { publicKey: own.kem.publicKey, privateKey: secret } };
  const keys: E2eKeys = {
    key1: keyPair(input["ratchetRecipientKey1"]),
    key2: keyPair(input["ratchetRecipientKey2"]),
    kem,
  };
  return acceptRatchet(keys, peer, flag(input["pqSupport"]));
}

/** A KEM private key of which only the public part, which is in it, matters. */
function privateKeyAround(publicKey: Uint8Array): Uint8Array {
  const privateKey = new Uint8Array(SNTRUP761_PRIVATE_KEY_BYTES);
  for (let at = 0; at + publicKey.length <= privateKey.length; at++) {
    privateKey.fill(0).set(publicKey, at);
    if (hexEncode(sntrup761PublicKeyOf(privateKey)) === hexEncode(publicKey)) return privateKey;
  }
  throw new Error("a KEM private key does not hold its public key");
}

/** The ratchet of the side that joined. */
function senderRatchet(input: Json, own: E2eParams, peer: E2eParams): RatchetState {
  const secret = optional(input["ratchetRecipientKemSecretKey"], hex);
  const kem: KemSecrets | undefined =
    secret !== undefined && own.kem?.type === "accepted"
      ? {
          type: "accepted",
          keyPair: { publicKey: own.kem.publicKey, privateKey: privateKeyAround(own.kem.publicKey) },
          ciphertext: own.kem.ciphertext,
          sharedSecret: sntrup761.decapsulate(secret, own.kem.ciphertext),
        }
      : undefined;
  const keys: E2eKeys = {
    key1: keyPair(input["ratchetSenderKey1"]),
    key2: keyPair(input["ratchetSenderKey2"]),
    kem,
  };
  return startSending(
    { current: own.version, max: own.version },
    keys,
    keyPair(input["ratchetSenderDHKey"]),
    peer,
  );
}

function envelopeOf(type: unknown, input: Json, own: E2eParams, encrypted: Uint8Array): AgentEnvelope {
  const agentVersion = integer(input["agentVersion"]);
  return oneOf(type, "C", "M") === "C"
    ? { type: "confirmation", agentVersion, ratchet: own, encrypted }
    : { type: "message", agentVersion, encrypted };
}

/** What the vectors call a message. */
function nameOf(content: AgentMessage): string {
  if (content.type === "infoReply") return "confirmation";
  if (content.type !== "message") return content.type;
  return content.message.type === "hello" ? "HELLO" : content.message.type === "message" ? "A_MSG" : "";
}

function checkLayers({ input, output }: Vector): void {
  expectKeyPairs(input);
  const senderParams = decode(e2eParams, hex(input["ratchetSenderParams"]));
  const recipientParams = decode(e2eParams, hex(input["ratchetRecipientParams"]));
  let sending = senderRatchet(input, senderParams, recipientParams);
  let receiving = recipientRatchet(input, recipientParams, senderParams);
  const queueSecret = secretOf(input["queueE2ERecipientPrivateKeyDer"], input["queueE2ESenderPublicKeyDer"]);
  const deliverySecret = secretOf(input["recipientDhPrivateKeyDer"], input["serverDhPublicKeyDer"]);
  const relayKey = rawPublicKey(input["serverSessionPublicKeyDer"]);
  const dhSecret = secretOf(input["clientSessionPrivateKeyDer"], input["serverSessionPublicKeyDer"]);
  const session = { version: integer(input["smpVersion"]), sessionId: hex(input["sessionId"]) };
  const senderKey = authPrivateKeyOf(input["senderAuthPrivateKeyDer"]);
  const agreed = { ...session, isProxy: false, dhSecret };
  const clientBlocks = sessionBlocks("client", agreed);
  const serverBlocks = sessionBlocks("server", agreed);
  let chains = initBlockChain(session.sessionId, dhSecret);

  for (const message of array(output["messages"]).map(object)) {
    const fromClient = nextBlockKey(chains.clientToServer);
    const fromServer = nextBlockKey(chains.serverToClient);
    chains = { clientToServer: fromClient.nextChainKey, serverToClient: fromServer.nextChainKey };
    expectBytes(fromClient.key, message["blockKey"], "blockKey");
    expectBytes(fromClient.nonce, message["blockNonce"], "blockNonce");
    expectBytes(fromServer.key, message["serverBlockKey"], "serverBlockKey");
    expectBytes(fromServer.nonce, message["serverBlockNonce"], "serverBlockNonce");
    const name = text(message["message"]);
    const plaintext = hex(message["agentMessage"]);
    const agentContent = decode(agentMessage, plaintext);
    expectSame(nameOf(agentContent), name, "message");
    expectBytes(encode(agentMessage, agentContent), message["agentMessage"], `${name}: agent message`);

    const encrypted = encrypt(sending, plaintext, integer(message["ratchetPaddedLength"]), {
      pq: flag(input["pqSupport"]),
    });
    sending = encrypted.state;
    expectDigest(encrypted.message, message["ratchetMessage"], `${name}: ratchet message`);
    const envelope = encode(
      agentEnvelope,
      envelopeOf(message["agentEnvelopeType"], input, senderParams, encrypted.message),
    ).slice();
    expectDigest(envelope, message["agentMsgEnvelope"], `${name}: agent envelope`);

    const sent = decode(clientMessageEnvelope, hex(message["clientMsgEnvelope"]));
    const paddedLength = sent.encrypted.length - boxTagLength;
    expectSame(sent.header.version, input["smpClientVersion"], `${name}: client version`);
    expectSame(paddedLength, message["clientMessagePaddedLength"], `${name}: padded length`);
    const opened = openClientMessage(sent, queueSecret);
    expectDigest(encode(clientMessage, opened), message["clientMessage"], `${name}: client message`);
    const sealed = sealClientMessage(sent.header, queueSecret, hex(message["clientMsgNonce"]), {
      header: opened.header,
      body: envelope,
    });
    expectBytes(sealed, message["clientMsgEnvelope"], `${name}: client message envelope`);

    const received = decode(agentEnvelope, opened.body);
    if (received.type !== "confirmation" && received.type !== "message")
      throw new Error(`${name}: envelope is ${received.type}`);
    const decrypted = decrypt(receiving, noSkippedKeys, received.encrypted, noRandomAfterStart(receiving));
    receiving = decrypted.state;
    expectBytes(decrypted.plaintext, message["agentMessage"], `${name}: decrypted`);

    const ids = { correlationId: hex(message["corrId"]), entityId: hex(input["senderId"]) };
    const command = {
      type: "SEND",
      flags: { notification: flag(message["notification"]) },
      body: sealed,
    } as const;
    expectDigest(
      encodeForAuthorization(session, ids, command).authorized,
      message["transmissionForAuth"],
      `${name}: authorised`,
    );
    const authorize = authorizer(senderKey, agreeWith(relayKey));
    const isSigned = name !== "confirmation" || opened.header.type === "empty";
    const content = encodeBatch([encodeCommand(session, ids, command, isSigned ? authorize : undefined)]);
    expectDigest(joinChunks(content), message["blockContent"], `${name}: block content`);
    expectDigest(clientBlocks.seal(content), message["block"], `${name}: block`);

    const messageId = hex(message["serverMsgId"]);
    const delivery = {
      type: "message",
      time: integer(message["serverTimestamp"]),
      flags: command.flags,
      body: sealed,
    } as const;
    const body = sealDelivery(deliverySecret, messageId, delivery);
    expectDigest(body, message["encRcvMsgBody"], `${name}: delivery`);
    expectSame(openDelivery(deliverySecret, messageId, body), delivery, `${name}: opened delivery`);
    const pushed = encodeMessage(
      session,
      { correlationId: new Uint8Array(0), entityId: hex(input["recipientId"]) },
      { type: "MSG", messageId, body },
    );
    const serverContent = encodeBatch([pushed]);
    expectDigest(joinChunks(serverContent), message["serverBlockContent"], `${name}: relay's block content`);
    expectDigest(serverBlocks.seal(serverContent), message["serverBlock"], `${name}: relay's block`);
  }
}

/** The first message makes the recipient take a ratchet step with new keys, which nothing here depends on. */
function noRandomAfterStart({ receiving }: RatchetState) {
  return receiving === undefined ? (length: number) => new Uint8Array(length).fill(7) : noRandom;
}

export const checks: VectorChecks = { layers: checkLayers };
