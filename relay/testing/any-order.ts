import { equalBytes } from "../../core/bytes/index.ts";
import { type AlgorithmKeyPair, generateKeyPair } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { x25519 } from "../../core/crypto/x25519.ts";
import type { AuthAlgorithm } from "../../core/smp/keys.ts";
import type { QueueRequest } from "../../core/smp/new-queue.ts";
import { senderIdFromCorrelationId } from "../../core/smp/sender-id.ts";
import { smpVersions } from "../../core/smp/version.ts";
import type { Received, Sent, TestClient, TestClientOptions } from "./client.ts";
import { newCommand, opened, sendCommand, type TestQueue } from "./queue.ts";

/** The protocol version of each client. */
const versions = [smpVersions.max, 15, 9];
export const clientCount = versions.length;
export const queueCount = 2;

const rare = ["NEW", "DEL", "OFF", "later"] as const;
const usual = [
  "KEY",
  "SKEY",
  "RKEY",
  "GET",
  "QUE",
  "NKEY",
  "NDEL",
  "NSUB",
  "LSET",
  "LDEL",
  "LGET",
  "LKEY",
] as const;
const frequent = ["SUB", "SEND", "SEND", "SEND", "ACK", "ACK", "ACK"] as const;

/** What clients do; what is named more often they do more often. */
export const stepKinds = [...rare, ...usual, ...usual, ...frequent, ...frequent, ...frequent, ...frequent];

/** One thing that one of the clients does with one of the queues. */
export interface Step {
  readonly kind: (typeof stepKinds)[number];
  readonly client: number;
  readonly queue: number;
  /** What is wrong with it, if anything. */
  readonly slip: "none" | "other key" | "other id" | "unsigned";
  /** Chooses between forms of the command. */
  readonly variant: number;
}

type KeyPair = AlgorithmKeyPair<AuthAlgorithm>;

interface KnownQueue extends Omit<TestQueue, "ids"> {
  readonly linkId: Uint8Array;
  readonly notifierKey: KeyPair;
  notifierId: Uint8Array;
  secured: boolean;
  /** Of the message that was delivered last. */
  messageId: Uint8Array;
}

const newKey = (): KeyPair => generateKeyPair("Ed25519", systemRandom);
const linkDataOf = (userData: string) => ({
  fixedData: Uint8Array.of(1),
  userData: new TextEncoder().encode(userData),
});

/** Clients of one relay that take steps one after another, and write down what they get. */
export class SteppingClients {
  readonly #clients: readonly TestClient[];
  readonly #later: () => Promise<void>;
  readonly #queues: (KnownQueue | undefined)[] = [];
  readonly #unknownId = systemRandom(24);
  #texts = 0;

  private constructor(clients: readonly TestClient[], later: () => Promise<void>) {
    this.#clients = clients;
    this.#later = later;
  }

  /** @param later lets time pass, and what is too old be deleted */
  static async connect(
    connect: (options: TestClientOptions) => Promise<TestClient>,
    later: () => Promise<void>,
  ): Promise<SteppingClients> {
    const clients: TestClient[] = [];
    for (const version of versions) clients.push(await connect({ version }));
    return new SteppingClients(clients, later);
  }

  /** @returns a line for each thing that a client got, without what is random in it */
  async take(step: Step): Promise<readonly string[]> {
    const lines: string[] = [];
    if (step.kind === "later") await this.#later();
    if (step.kind === "NEW") {
      const { sent, queue } = this.#newQueue(step);
      await this.#until(step, step.client, sent, lines, ({ message }) => {
        if (message.type !== "IDS") return;
        const { recipientId, senderId, rcvDhKey } = message;
        const dhSecret = x25519.sharedSecret(queue.dh.privateKey, rcvDhKey);
        const linkId = message.linkId ?? systemRandom(24);
        this.#queues[step.queue] = { ...queue, recipientId, senderId, dhSecret, linkId };
      });
    } else {
      const sent = this.#sentIn(step);
      if (sent === undefined) return lines;
      await this.#until(step, step.client, sent, lines);
    }
    // What came because of the step has come when these are answered.
    const ping = { command: { type: "PING" } } as const;
    for (const index of this.#clients.keys()) await this.#until(step, index, ping, lines);
    return lines;
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  /** Sends a command, and writes down what comes until its answer has come. */
  async #until(
    step: Step,
    index: number,
    sent: Sent,
    lines: string[],
    take?: (answer: Received) => void,
  ): Promise<void> {
    const client = this.#clients[index];
    if (client === undefined) return;
    const correlationId = sent.correlationId ?? systemRandom(24);
    client.send({ ...sent, correlationId });
    for (let answered = false; !answered; ) {
      for (const received of await client.receive()) {
        const isAnswer = equalBytes(received.correlationId, correlationId);
        answered ||= isAnswer;
        if (isAnswer) take?.(received);
        if (received.message.type === "PONG") continue;
        lines.push(`${index} ${isAnswer ? "gets" : "hears"} ${this.#describe(step, received)}`);
      }
    }
  }

  #newQueue({ variant }: Step) {
    const correlationId = systemRandom(24);
    const senderId = senderIdFromCorrelationId(correlationId);
    const linkData = linkDataOf("first");
    const requests: readonly QueueRequest[] = [
      { type: "messaging", link: undefined },
      { type: "contact", link: undefined },
      { type: "messaging", link: { senderId, linkData } },
      { type: "contact", link: { senderId, linkData, linkId: systemRandom(24) } },
    ];
    const { command, recipientKey, dh } = newCommand({
      request: requests[variant],
      subscribeMode: variant === 1 ? "only-create" : "subscribe",
    });
    const queue = {
      recipientKey,
      dh,
      senderKey: newKey(),
      notifierKey: newKey(),
      notifierId: this.#unknownId,
      secured: false,
      messageId: this.#unknownId,
    };
    return { sent: { command, key: recipientKey.privateKey, correlationId }, queue };
  }

  /** What a step sends; nothing when there was no such queue yet. */
  #sentIn({ kind, queue: index, slip, variant }: Step): Sent | undefined {
    const queue = this.#queues[index];
    if (queue === undefined) return undefined;
    const { recipientId, recipientKey, senderId, senderKey, notifierId, notifierKey, linkId } = queue;
    const signed = (command: Sent["command"], entityId: Uint8Array, { privateKey }: KeyPair): Sent => ({
      command,
      entityId: slip === "other id" ? this.#unknownId : entityId,
      ...(slip !== "unsigned" && { key: slip === "other key" ? newKey().privateKey : privateKey }),
    });
    const asRecipient = (command: Sent["command"]) => signed(command, recipientId, recipientKey);
    const unsigned = (command: Sent["command"], entityId: Uint8Array): Sent => ({ command, entityId });
    switch (kind) {
      case "KEY":
        return asRecipient({ type: "KEY", key: (variant === 3 ? newKey() : senderKey).publicKey });
      case "RKEY":
        return asRecipient({ type: "RKEY", keys: [recipientKey.publicKey, newKey().publicKey] });
      case "SKEY":
        return signed({ type: "SKEY", key: senderKey.publicKey }, senderId, senderKey);
      case "SEND": {
        const command = sendCommand(`text ${++this.#texts}`, variant < 2);
        return queue.secured ? signed(command, senderId, senderKey) : unsigned(command, senderId);
      }
      case "ACK":
        return asRecipient({ type: "ACK", messageId: variant === 3 ? this.#unknownId : queue.messageId });
      case "NKEY": {
        const rcvDhKey = x25519.generateKeyPair(systemRandom).publicKey;
        return asRecipient({ type: "NKEY", authKey: notifierKey.publicKey, rcvDhKey });
      }
      case "NSUB":
        return signed({ type: "NSUB" }, notifierId, notifierKey);
      case "LSET":
        return asRecipient({ type: "LSET", linkId, linkData: linkDataOf(`number ${++this.#texts}`) });
      case "LGET":
        return unsigned({ type: "LGET" }, linkId);
      case "LKEY":
        return signed({ type: "LKEY", key: senderKey.publicKey }, linkId, senderKey);
      case "NEW":
      case "later":
        return undefined;
      default:
        return asRecipient({ type: kind });
    }
  }

  #describe(step: Step, { entityId, message }: Received): string {
    const known = this.#queues.find(
      (queue) => queue !== undefined && equalBytes(queue.recipientId, entityId),
    );
    if (message.type === "MSG" && known !== undefined) {
      const { id, ...delivery } = opened(known, message);
      known.messageId = id;
      return `MSG ${delivery.type === "quota" ? "quota" : new TextDecoder().decode(delivery.body)}`;
    }
    const own = this.#queues[step.queue];
    if (message.type === "NID" && own !== undefined) own.notifierId = message.notifierId;
    if ((message.type === "OK" || message.type === "LNK") && own !== undefined) {
      own.secured ||= step.kind === "KEY" || step.kind === "SKEY" || step.kind === "LKEY";
    }
    if (message.type === "INFO") {
      const { subscription, message: first, ...info } = message.info;
      const delivered = subscription && [subscription.state, subscription.deliveredId !== undefined];
      return `INFO ${JSON.stringify([info, delivered, first?.type, first?.time])}`;
    }
    if (message.type === "LNK") return `LNK ${new TextDecoder().decode(message.linkData.userData)}`;
    return message.type === "ERR" ? `ERR ${JSON.stringify(message.error)}` : message.type;
  }
}
