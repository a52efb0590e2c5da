import { type Codec, decode, encode, equalBytes } from "../bytes/index.ts";
import type { FuzzTarget } from "../testing/fuzz.ts";
import { encodeBatch } from "./batch.ts";
import { encryptedBlocks, plainBlocks } from "./block.ts";
import { joinChunks } from "./chunks.ts";
import { clientMessage, clientMessageEnvelope } from "./client-message.ts";
import { type Command, commandCodec } from "./command.ts";
import { decodeCommands, decodeMessages } from "./decode-transmission.ts";
import { delivery } from "./delivery.ts";
import { encodeCommand, encodeMessage } from "./encode-transmission.ts";
import { clientHandshake, decodeHandshake, serverHandshake, serviceHandshake } from "./handshake.ts";
import { type BrokerMessage, messageCodec } from "./message.ts";
import { notificationMeta } from "./notification.ts";
import { forwardedCommand, forwardedResponse } from "./proxied.ts";

const id = new Uint8Array(24).fill(7);
const dhKey = new Uint8Array(32).fill(9);
const authKey = { algorithm: "Ed25519", key: dhKey } as const;
const linkData = { fixedData: id, userData: dhKey };
const relay = {
  scheme: "smp",
  hosts: [{ form: "domain", name: "smp.example.com" }],
  port: "5223",
  keyHash: dhKey,
} as const;
const signedKey = { certificateChain: [dhKey, id], signedKey: dhKey };

const seedCommands: readonly Command[] = [
  {
    type: "NEW",
    rcvAuthKey: authKey,
    rcvDhKey: dhKey,
    basicAuth: Uint8Array.of(97),
    subscribeMode: "subscribe",
    request: { type: "contact", link: { linkId: id, senderId: id, linkData } },
    notifier: { authKey, rcvDhKey: dhKey },
  },
  { type: "SUB" },
  { type: "RKEY", keys: [authKey, authKey] },
  { type: "LSET", linkId: id, linkData },
  { type: "ACK", messageId: id },
  { type: "SEND", flags: { notification: true }, body: dhKey },
  { type: "PING" },
  { type: "PRXY", relay, basicAuth: undefined },
  { type: "PFWD", version: 17, key: dhKey, encrypted: id },
];

const seedMessages: readonly BrokerMessage[] = [
  {
    type: "IDS",
    recipientId: id,
    senderId: id,
    rcvDhKey: dhKey,
    queueMode: "messaging",
    linkId: id,
    serviceId: id,
    notifier: { notifierId: id, rcvDhKey: dhKey },
  },
  { type: "LNK", senderId: id, linkData },
  { type: "SOKS", count: 5 },
  { type: "MSG", messageId: id, body: dhKey },
  { type: "NMSG", nonce: id, encryptedMeta: dhKey },
  { type: "PKEY", sessionId: dhKey, versionRange: { min: 6, max: 18 }, signedKey },
  {
    type: "INFO",
    info: {
      hasSenderKey: true,
      hasNotifier: true,
      subscription: { state: "noSub", deliveredId: "bXNnaWQ=" },
      size: 3,
      message: { id: "bXNnaWQ=", time: 1_700_000_000, type: "quota" },
    },
  },
  { type: "OK" },
  { type: "ERR", error: { type: "BLOCKED", reason: "spam", notice: { ttl: 5 } } },
  {
    type: "ERR",
    error: {
      type: "PROXY",
      error: { type: "BROKER", error: { type: "TRANSPORT", error: { type: "HANDSHAKE", error: "PARSE" } } },
    },
  },
];

const versions = [6, 9, 15, 16, 18];
const sessionOf = (version: number) => ({ version, sessionId: dhKey });
const ids = { correlationId: id, entityId: id };
const credentials = () => ({ authenticator: new Uint8Array(64), serviceSignature: new Uint8Array(64) });

/** The first byte of an input chooses the version, so that one run goes through all of them. */
function versionOf(input: Uint8Array): number {
  return versions[(input[0] ?? 0) % versions.length] ?? 18;
}

function seedsOf(encodeOne: (version: number) => readonly Uint8Array[]): readonly Uint8Array[] {
  return versions.flatMap((version, i) => encodeOne(version).map((seed) => Uint8Array.of(i, ...seed)));
}

/** What decodes has to encode again, and to decode to the same once more. */
function roundTrip<T>(codec: Codec<T>, input: Uint8Array): void {
  const value = decode(codec, input);
  const again = encode(codec, value);
  if (!equalBytes(encode(codec, decode(codec, again)), again)) throw new Error("value changes");
}

const key = new Uint8Array(32).fill(3);

export const targets: readonly FuzzTarget[] = [
  {
    name: "smp commands",
    run: (input) => roundTrip(commandCodec(versionOf(input)), input.subarray(1)),
    seeds: seedsOf((version) => seedCommands.map((command) => encode(commandCodec(version), command))),
  },
  {
    name: "smp messages",
    run: (input) => roundTrip(messageCodec(versionOf(input)), input.subarray(1)),
    seeds: seedsOf((version) => seedMessages.map((message) => encode(messageCodec(version), message))),
  },
  {
    name: "smp transmissions to a relay",
    run: (input) => decodeCommands(sessionOf(versionOf(input)), input.subarray(1)),
    seeds: seedsOf((version) => {
      const encoded = seedCommands.map((one) => encodeCommand(sessionOf(version), ids, one, credentials));
      return [joinChunks(encodeBatch(encoded))];
    }),
  },
  {
    name: "smp transmissions to a client",
    run: (input) => decodeMessages(sessionOf(versionOf(input)), input.subarray(1)),
    seeds: seedsOf((version) => {
      const encoded = seedMessages.map((one) => encodeMessage(sessionOf(version), ids, one));
      return [joinChunks(encodeBatch(encoded))];
    }),
  },
  {
    name: "smp blocks",
    run(input) {
      const block = new Uint8Array(16_384);
      block.set(input);
      const layers = [plainBlocks, encryptedBlocks("client", dhKey, key)];
      for (const bytes of [input, block]) {
        for (const layer of layers) {
          try {
            layer.open(bytes);
          } catch (error) {
            if (!(error instanceof Error) || error.name !== "DecodeError") throw error;
          }
        }
      }
    },
    seeds: [Uint8Array.of(0, 1, 65), Uint8Array.of(0x3f, 0xfe), Uint8Array.of(0x3f, 0xff)],
  },
  {
    name: "smp handshakes",
    run(input) {
      const kinds = [serverHandshake, clientHandshake, serviceHandshake];
      const codec = kinds[(input[0] ?? 0) % kinds.length] ?? serverHandshake;
      decodeHandshake<unknown>(codec, input.subarray(1));
    },
    seeds: [
      Uint8Array.of(
        0,
        ...encode(serverHandshake, { versionRange: { min: 6, max: 18 }, sessionId: dhKey, signedKey }),
      ),
      Uint8Array.of(
        1,
        ...encode(clientHandshake, {
          version: 18,
          keyHash: dhKey,
          key: dhKey,
          isProxy: false,
          service: { role: "notifier", signedKey },
        }),
      ),
      Uint8Array.of(2, ...encode(serviceHandshake, { type: "accepted", serviceId: id })),
      Uint8Array.of(2, ...encode(serviceHandshake, { type: "rejected", error: { type: "BLOCK" } })),
    ],
  },
  {
    name: "smp layers",
    run(input) {
      const kinds = [
        clientMessageEnvelope,
        clientMessage,
        delivery,
        notificationMeta,
        forwardedCommand,
        forwardedResponse,
      ];
      const codec = kinds[(input[0] ?? 0) % kinds.length] ?? delivery;
      decode<unknown>(codec, input.subarray(1));
    },
    seeds: [
      Uint8Array.of(
        0,
        ...encode(clientMessageEnvelope, { header: { version: 4, key: dhKey }, nonce: id, encrypted: id }),
      ),
      Uint8Array.of(
        1,
        ...encode(clientMessage, { header: { type: "confirmation", senderKey: authKey }, body: id }),
      ),
      Uint8Array.of(2, ...encode(delivery, { type: "quota", time: 1 })),
      Uint8Array.of(3, ...encode(notificationMeta, { messageId: id, time: 1 })),
      Uint8Array.of(
        4,
        ...encode(forwardedCommand, { correlationId: id, version: 17, key: dhKey, encrypted: id }),
      ),
      Uint8Array.of(5, ...encode(forwardedResponse, { correlationId: id, encrypted: id })),
    ],
  },
];
