import {
  bool,
  type Codec,
  int64,
  largeBytes,
  mapped,
  nonEmptyList,
  refined,
  shortBytes,
  struct,
  tail,
  tuple,
  union,
} from "../../bytes/index.ts";
import { type AuthKey, authKey } from "../../smp/keys.ts";
import {
  type QueueInfo,
  type QueueName,
  type QueueUri,
  queueInfo,
  queueName,
  queueReplacement,
} from "../queues/queue-address.ts";

/** A number of a message, 0 to 2^53 - 1, as 8 bytes. */
export const messageNumber: Codec<number> = refined(mapped(int64, Number, BigInt), (value) =>
  Number.isSafeInteger(value) && value >= 0 ? undefined : "message number is out of range",
);

/** Says that a message arrived: the sender's number and the hash of it, as the recipient has them. */
export interface Receipt {
  readonly sharedId: number;
  readonly hash: Uint8Array;
  readonly info: Uint8Array;
}

const receipt: Codec<Receipt> = struct<Receipt>({
  sharedId: messageNumber,
  hash: shortBytes,
  info: largeBytes,
});

/** What agents say to each other once the ratchet is there, "Messages between SMP agents". */
export type AMessage =
  /** The queue is secured, and works. */
  | { readonly type: "hello" }
  /** A message of the application. */
  | { readonly type: "message"; readonly body: Uint8Array }
  | { readonly type: "receipts"; readonly receipts: readonly Receipt[] }
  /** The named queue, which was full, has room again. */
  | { readonly type: "queueContinue"; readonly queue: QueueName }
  /** From the recipient: more queues to send to, each perhaps in place of another. */
  | { readonly type: "queueAdd"; readonly queues: readonly (readonly [QueueUri, QueueName | undefined])[] }
  /** From the sender: the keys for the added queues. */
  | { readonly type: "queueKey"; readonly queues: readonly (readonly [QueueInfo, AuthKey])[] }
  /** From the recipient: the queues are secured; whether they are primary. */
  | { readonly type: "queueUse"; readonly queues: readonly (readonly [QueueName, boolean])[] }
  /** From the sender through the new queue: it works. */
  | { readonly type: "queueTest"; readonly queues: readonly QueueName[] }
  /** From the sender, since version 8: nothing more comes through these queues. */
  | { readonly type: "queueEnd"; readonly queues: readonly QueueName[] }
  /** The new ratchet works; the last number we decrypted with the old one. */
  | { readonly type: "ratchetReady"; readonly lastSharedId: number };

export const aMessage: Codec<AMessage> = union<AMessage>({
  hello: { tag: "H", fields: {} },
  message: { tag: "M", fields: { body: tail } },
  receipts: { tag: "V", fields: { receipts: nonEmptyList(receipt) } },
  queueContinue: { tag: "QC", fields: { queue: queueName } },
  queueAdd: { tag: "QA", fields: { queues: nonEmptyList(queueReplacement) } },
  queueKey: {
    tag: "QK",
    fields: { queues: nonEmptyList(tuple<readonly [QueueInfo, AuthKey]>(queueInfo, authKey)) },
  },
  queueUse: {
    tag: "QU",
    fields: { queues: nonEmptyList(tuple<readonly [QueueName, boolean]>(queueName, bool)) },
  },
  queueTest: { tag: "QT", fields: { queues: nonEmptyList(queueName) } },
  // No document gives the form of QEND: it is taken to be that of QTEST, which names queues in the same way.
  queueEnd: { tag: "QE", fields: { queues: nonEmptyList(queueName) } },
  ratchetReady: { tag: "E", fields: { lastSharedId: messageNumber } },
});

/** What is inside of the ratchet (or, for `ratchetInfo`, of the queue's encryption alone). */
export type AgentMessage =
  /** From the side that made the invitation: what it tells about itself. */
  | { readonly type: "info"; readonly info: Uint8Array }
  /** From the side that joined: the same, and the queues to reply to. */
  | { readonly type: "infoReply"; readonly queues: readonly QueueInfo[]; readonly info: Uint8Array }
  | { readonly type: "ratchetInfo"; readonly info: Uint8Array }
  /** `sharedId` counts from 1; `previousHash` is the SHA-256 of the encoded message before it, or empty. */
  | {
      readonly type: "message";
      readonly sharedId: number;
      readonly previousHash: Uint8Array;
      readonly message: AMessage;
    };

export const agentMessage: Codec<AgentMessage> = union<AgentMessage>({
  info: { tag: "I", fields: { info: tail } },
  infoReply: { tag: "D", fields: { queues: nonEmptyList(queueInfo), info: tail } },
  ratchetInfo: { tag: "R", fields: { info: tail } },
  message: { tag: "M", fields: { sharedId: messageNumber, previousHash: shortBytes, message: aMessage } },
});
