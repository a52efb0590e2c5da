import { type Codec, DecodeError, mapped, tail, utf8Decode, utf8Encode } from "../bytes/index.ts";
import { parseJson, readBoolean, readMaybe, readNumber, readObject, readOneOf, readText } from "./json.ts";

/** State of the subscription to a queue. */
export type SubscriptionState = "noSub" | "subPending" | "subThread" | "prohibitSub";

/** What QUE tells the recipient about a queue, to find out why messages don't come. */
export interface QueueInfo {
  /** Whether the queue has a sender's key. */
  readonly hasSenderKey: boolean;
  /** Whether notifications are on. */
  readonly hasNotifier: boolean;
  readonly subscription:
    | {
        readonly state: SubscriptionState;
        /** Id, in standard base64, of the message that was delivered and not acknowledged. */
        readonly deliveredId: string | undefined;
      }
    | undefined;
  /** Messages in the queue. */
  readonly size: number;
  /** The message at the front of the queue. */
  readonly message:
    | {
        /** In standard base64. */
        readonly id: string;
        /** Seconds since the Unix epoch. */
        readonly time: number;
        readonly type: "message" | "quota";
      }
    | undefined;
}

const states: readonly SubscriptionState[] = ["noSub", "subPending", "subThread", "prohibitSub"];

/** The information as JSON text to the end of input, in the order of properties that the network uses. */
export const queueInfo: Codec<QueueInfo> = mapped(
  mapped(tail, utf8Decode, utf8Encode),
  (text) => readQueueInfo(parseJson(text)),
  (info) => JSON.stringify(writeQueueInfo(info)),
);

function writeQueueInfo({ hasSenderKey, hasNotifier, subscription, size, message }: QueueInfo): unknown {
  return {
    qiSnd: hasSenderKey,
    qiNtf: hasNotifier,
    qiSub: subscription && { qSubThread: subscription.state, qDelivered: subscription.deliveredId },
    qiSize: size,
    qiMsg: message && { msgId: message.id, msgTs: formatTime(message.time), msgType: message.type },
  };
}

function readQueueInfo(value: unknown): QueueInfo {
  const info = readObject(value, "queue info");
  return {
    hasSenderKey: readBoolean(info["qiSnd"], "qiSnd"),
    hasNotifier: readBoolean(info["qiNtf"], "qiNtf"),
    subscription: readMaybe(info["qiSub"], readSubscription),
    size: readNumber(info["qiSize"], "qiSize"),
    message: readMaybe(info["qiMsg"], readMessage),
  };
}

function readSubscription(value: unknown): QueueInfo["subscription"] {
  const subscription = readObject(value, "qiSub");
  return {
    state: readOneOf(states, subscription["qSubThread"], "qSubThread"),
    deliveredId: readMaybe(subscription["qDelivered"], (id) => readText(id, "qDelivered")),
  };
}

function readMessage(value: unknown): QueueInfo["message"] {
  const message = readObject(value, "qiMsg");
  return {
    id: readText(message["msgId"], "msgId"),
    time: parseTime(readText(message["msgTs"], "msgTs")),
    type: readOneOf(["message", "quota"] as const, message["msgType"], "msgType"),
  };
}

/** ISO 8601 in UTC, to the second. */
function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

const timeText = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,12})?Z$/;

function parseTime(text: string): number {
  const [, whole] = timeText.exec(text) ?? [];
  const milliseconds = whole === undefined ? Number.NaN : Date.parse(`${whole}Z`);
  if (Number.isNaN(milliseconds)) throw new DecodeError("msgTs is not a time");
  return milliseconds / 1000;
}
