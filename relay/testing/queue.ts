import { type AlgorithmKeyPair, generateKeyPair } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { x25519 } from "../../core/crypto/x25519.ts";
import type { Command } from "../../core/smp/command.ts";
import { type Delivery, openDelivery } from "../../core/smp/delivery.ts";
import type { AuthAlgorithm } from "../../core/smp/keys.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import type { NewQueue } from "../../core/smp/new-queue.ts";
import type { Sent, TestClient } from "./client.ts";

/** A queue as a test knows it: with the keys of both sides. */
export interface TestQueue {
  readonly recipientId: Uint8Array;
  readonly senderId: Uint8Array;
  readonly recipientKey: AlgorithmKeyPair<AuthAlgorithm>;
  readonly senderKey: AlgorithmKeyPair<AuthAlgorithm>;
  readonly dhSecret: Uint8Array;
  readonly ids: Extract<BrokerMessage, { type: "IDS" }>;
}

export interface NewQueueOptions extends Partial<NewQueue> {
  readonly algorithm?: AuthAlgorithm;
  readonly correlationId?: Uint8Array;
  /** Whether the service of the connection signs, too. */
  readonly asService?: boolean;
  /** Whether the recipient gives the queue its sender's key. */
  readonly secured?: boolean;
}

/** NEW, with keys of its own. */
export function newCommand(options: NewQueueOptions = {}) {
  const { algorithm = "Ed25519", correlationId: _, secured: __, asService: ___, ...changes } = options;
  const recipientKey = generateKeyPair(algorithm, systemRandom);
  const dh = x25519.generateKeyPair(systemRandom);
  const command: Command = {
    type: "NEW",
    rcvAuthKey: recipientKey.publicKey,
    rcvDhKey: dh.publicKey,
    basicAuth: undefined,
    subscribeMode: "subscribe",
    request: { type: "messaging", link: undefined },
    notifier: undefined,
    ...changes,
  };
  return { command, recipientKey, dh };
}

/** Creates a queue over the recipient's connection, and secures it when asked. */
export async function createQueue(client: TestClient, options: NewQueueOptions = {}): Promise<TestQueue> {
  const { command, recipientKey, dh } = newCommand(options);
  const { asService = false } = options;
  const sent: Sent = { command, key: recipientKey.privateKey, asService };
  const [received] = await client.exchange(
    options.correlationId ? { ...sent, correlationId: options.correlationId } : sent,
  );
  const ids = received?.message;
  if (ids?.type !== "IDS") throw new Error(`cannot create queue: ${JSON.stringify(ids)}`);
  const senderKey = generateKeyPair(options.algorithm ?? "Ed25519", systemRandom);
  const { recipientId, senderId, rcvDhKey } = ids;
  if (options.secured) {
    await client.request({ type: "KEY", key: senderKey.publicKey }, recipientId, recipientKey.privateKey);
  }
  const dhSecret = x25519.sharedSecret(dh.privateKey, rcvDhKey);
  return { recipientId, senderId, recipientKey, senderKey, dhSecret, ids };
}

/** SEND of a text. */
export function sendCommand(text: string | Uint8Array, notification = false): Command {
  const body = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return { type: "SEND", flags: { notification }, body };
}

/** What a MSG says to the recipient. @throws Error when it is another message */
export function opened(
  queue: Pick<TestQueue, "dhSecret">,
  message: BrokerMessage | undefined,
): Delivery & { id: Uint8Array } {
  if (message?.type !== "MSG") throw new Error(`message is no MSG but ${JSON.stringify(message)}`);
  return { ...openDelivery(queue.dhSecret, message.messageId, message.body), id: message.messageId };
}

/** The text that a MSG brings. */
export function textOf(queue: TestQueue, message: BrokerMessage | undefined): string {
  const delivery = opened(queue, message);
  return delivery.type === "quota" ? "QUOTA" : new TextDecoder().decode(delivery.body);
}

/** The id of the message in a MSG. */
export function idOf(message: BrokerMessage | undefined): Uint8Array {
  if (message?.type !== "MSG") throw new Error(`message is no MSG but ${JSON.stringify(message)}`);
  return message.messageId;
}
