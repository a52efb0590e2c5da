import { hexEncode } from "../../core/bytes/index.ts";
import { systemClock } from "../../core/clock/system.ts";
import { type AlgorithmKeyPair, generateKeyPair } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { x25519 } from "../../core/crypto/x25519.ts";
import { type SmpClient, startClient } from "../../core/smp/client/index.ts";
import type { AuthAlgorithm } from "../../core/smp/keys.ts";
import type { RelayProcess } from "./process.ts";

/** A queue as the load knows it. */
export interface LoadQueue {
  readonly recipientId: Uint8Array;
  readonly senderId: Uint8Array;
  readonly recipientKey: AlgorithmKeyPair<AuthAlgorithm>;
  readonly senderKey: AlgorithmKeyPair<AuthAlgorithm>;
}

/** Connects our own client to a relay process. */
export async function connectLoad(relay: RelayProcess, door: "tls" | "web"): Promise<SmpClient> {
  return startClient(await relay.dial(door), relay.keyHash, { clock: systemClock, random: systemRandom });
}

/** The keys of a queue, as clients of the network make them: Ed25519 for the recipient, X25519 for the sender. */
export function loadKeys(): Pick<LoadQueue, "recipientKey" | "senderKey"> {
  return {
    recipientKey: generateKeyPair("Ed25519", systemRandom),
    senderKey: generateKeyPair("X25519", systemRandom),
  };
}

/** Creates a queue and secures it as its sender. */
export async function makeQueue(
  recipient: SmpClient,
  sender: SmpClient,
  { recipientKey, senderKey } = loadKeys(),
): Promise<LoadQueue> {
  const { recipientId, senderId } = await recipient.createQueue(recipientKey.privateKey, {
    rcvAuthKey: recipientKey.publicKey,
    rcvDhKey: x25519.generateKeyPair(systemRandom).publicKey,
    basicAuth: undefined,
    subscribeMode: "subscribe",
    request: { type: "messaging", link: undefined },
    notifier: undefined,
  });
  await sender.secureAsSender(senderId, senderKey.privateKey, senderKey.publicKey);
  return { recipientId, senderId, recipientKey, senderKey };
}

/** Milliseconds from the sending of each message to its delivery, and the whole time in seconds. */
export interface LoadResult {
  readonly latenciesMs: readonly number[];
  readonly seconds: number;
}

/**
 * Sends `count` messages of `length` bytes through the queues, one at a time through each, and acknowledges
 * them as they come. A queue is done with a message when its sender and its recipient have their answers.
 */
export async function runMessages(
  queues: readonly LoadQueue[],
  sender: (index: number) => SmpClient,
  recipients: readonly SmpClient[],
  count: number,
  length: number,
): Promise<LoadResult> {
  const byId = new Map(queues.map((queue) => [hexEncode(queue.recipientId), queue]));
  const waiting = new Map<LoadQueue, () => void>();
  const sentMs = new Map<LoadQueue, number>();
  const latenciesMs: number[] = [];
  const body = systemRandom(length);
  for (const recipient of recipients) void receive(recipient);
  async function receive(recipient: SmpClient): Promise<void> {
    for await (const { entityId, message } of recipient.events) {
      const queue = byId.get(hexEncode(entityId));
      if (message.type !== "MSG" || queue === undefined) continue;
      latenciesMs.push(performance.now() - (sentMs.get(queue) ?? 0));
      const { recipientId, recipientKey } = queue;
      void recipient
        .acknowledge({ recipientId, privateKey: recipientKey.privateKey }, message.messageId)
        .then(() => waiting.get(queue)?.());
    }
  }
  let left = count;
  const startMs = performance.now();
  await Promise.all(
    queues.map(async (queue, index) => {
      const client = sender(index);
      const { senderId, senderKey } = queue;
      while (left-- > 0) {
        const acknowledged = new Promise<void>((resolve) => waiting.set(queue, resolve));
        sentMs.set(queue, performance.now());
        const sent = client.sendMessage(
          { senderId, privateKey: senderKey.privateKey },
          { notification: false },
          body,
        );
        await Promise.all([sent, acknowledged]);
      }
    }),
  );
  return { latenciesMs, seconds: (performance.now() - startMs) / 1000 };
}
