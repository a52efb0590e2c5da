import { expect } from "vitest";
import { certificateFingerprint, parseCertificate, signPublicKey } from "../../core/crypto/certificate.ts";
import { generateKeyPair } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { x25519 } from "../../core/crypto/x25519.ts";
import type { ServiceRole } from "../../core/smp/handshake.ts";
import type { TestClient } from "./client.ts";
import { testIdentity } from "./identity.ts";
import { idOf, sendCommand, type TestQueue } from "./queue.ts";
import type { TestRelay } from "./relay.ts";

/** Turns notifications of a queue on; with the keys of the notifier and the secret of the recipient. */
export async function enable(recipient: TestClient, { recipientId, recipientKey }: TestQueue) {
  const key = generateKeyPair("Ed25519", systemRandom);
  const dh = x25519.generateKeyPair(systemRandom);
  const command = { type: "NKEY", authKey: key.publicKey, rcvDhKey: dh.publicKey } as const;
  const reply = await recipient.request(command, recipientId, recipientKey.privateKey);
  if (reply.type !== "NID") throw new Error("notifications are not enabled");
  return { id: reply.notifierId, key, secret: x25519.sharedSecret(dh.privateKey, reply.rcvDhKey) };
}

/** Sends a message with the notification flag, and has it acknowledged. */
export async function deliver(
  recipient: TestClient,
  sender: TestClient,
  queue: TestQueue,
): Promise<Uint8Array> {
  const { senderId, senderKey, recipientId, recipientKey } = queue;
  expect(await sender.request(sendCommand("wake", true), senderId, senderKey.privateKey)).toEqual({
    type: "OK",
  });
  const messageId = idOf((await recipient.event()).message);
  await recipient.request({ type: "ACK", messageId }, recipientId, recipientKey.privateKey);
  return messageId;
}

const service = testIdentity();

/** Connects as a service, the same one unless it is given other credentials. */
export async function serviceClient(
  { connect }: TestRelay,
  role: ServiceRole = "notifier",
  credentials = service,
) {
  const sessionKey = generateKeyPair("Ed25519", systemRandom);
  const [, authority] = credentials.certificateChain;
  const client = await connect(
    {
      service: {
        offer: {
          role,
          signedKey: {
            certificateChain: credentials.certificateChain,
            signedKey: signPublicKey(credentials.privateKey, sessionKey.publicKey),
          },
        },
        session: {
          certificateHash: certificateFingerprint(parseCertificate(authority ?? new Uint8Array(0))),
          privateKey: sessionKey.privateKey.key,
        },
      },
    },
    { clientChain: credentials.certificateChain },
  );
  return { client, sessionKey, serviceId: client.serviceId ?? new Uint8Array(0) };
}
