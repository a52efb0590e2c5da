import { type Codec, DecodeError, mapped } from "../bytes/index.ts";
import { parseJson, readMaybe, readNumber, readObject } from "./json.ts";
import { tailText } from "./texts.ts";

/** Why a queue is blocked. */
export type BlockingReason = "spam" | "content";

/** What is told about a queue that is blocked. */
export interface BlockingInfo {
  readonly reason: BlockingReason;
  /** To be shown to the user for `ttl` seconds, or without an end. */
  readonly notice: { readonly ttl: number | undefined } | undefined;
}

const noticeStart = ",notice=";
const form = /^reason=(spam|content)(?:,notice=(.*))?$/s;

/** `reason=spam`, or with a notice `reason=spam,notice={"ttl":86400}`, to the end of input. */
export const blockingInfo: Codec<BlockingInfo> = mapped(
  tailText,
  (text): BlockingInfo => {
    const match = form.exec(text);
    if (match === null) throw new DecodeError("blocking information has no reason");
    const notice = match[2];
    return {
      reason: match[1] === "spam" ? "spam" : "content",
      notice: notice === undefined ? undefined : readNotice(parseJson(notice)),
    };
  },
  ({ reason, notice }) =>
    `reason=${reason}${notice === undefined ? "" : noticeStart + JSON.stringify(notice)}`,
);

function readNotice(value: unknown): { readonly ttl: number | undefined } {
  return { ttl: readMaybe(readObject(value, "notice")["ttl"], (ttl) => readNumber(ttl, "ttl")) };
}
