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

/** A load on some queues: who sends, who receives, and what is under way. */
export class Load {
  readonly #sender: (index: number) => SmpClient;
  readonly #byId: ReadonlyMap<string, LoadQueue>;
  readonly #acknowledged = new Map<LoadQueue, () => void>();
  readonly #sentMs = new Map<LoadQueue, number>();
  #latenciesMs: number[] = [];

  /** Begins to receive. @param sender the client that sends through a queue, by its index */
  constructor(
    queues: readonly LoadQueue[],
    sender: (index: number) => SmpClient,
    recipients: readonly SmpClient[],
  ) {
    this.#byId = new Map(queues.map((queue) => [hexEncode(queue.recipientId), queue]));
    this.#sender = sender;
    for (const recipient of recipients) void this.#receive(recipient);
  }

  /**
   * Sends `count` messages of `length` bytes, one at a time through each queue. A queue is done with a message
   * when its sender and its recipient have their answers.
   */
  async run(queues: readonly LoadQueue[], count: number, length: number): Promise<LoadResult> {
    const body = systemRandom(length);
    this.#latenciesMs = [];
    let left = count;
    const startMs = performance.now();
    await Promise.all(
      queues.map(async (queue, index) => {
        const { senderId, senderKey } = queue;
        const to = { senderId, privateKey: senderKey.privateKey };
        while (left-- > 0) {
          const acknowledged = new Promise<void>((resolve) => this.#acknowledged.set(queue, resolve));
          this.#sentMs.set(queue, performance.now());
          const sent = this.#sender(index).sendMessage(to, { notification: false }, body);
          await Promise.all([sent, acknowledged]);
        }
      }),
    );
    return { latenciesMs: this.#latenciesMs, seconds: (performance.now() - startMs) / 1000 };
  }

  async #receive(recipient: SmpClient): Promise<void> {
    for await (const { entityId, message } of recipient.events) {
      const queue = this.#byId.get(hexEncode(entityId));
      if (message.type !== "MSG" || queue === undefined) continue;
      this.#latenciesMs.push(performance.now() - (this.#sentMs.get(queue) ?? 0));
      const { recipientId, recipientKey } = queue;
      void recipient
        .acknowledge({ recipientId, privateKey: recipientKey.privateKey }, message.messageId)
        .then(() => this.#acknowledged.get(queue)?.());
    }
  }
}
