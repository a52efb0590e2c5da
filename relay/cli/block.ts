import { base64urlDecode, DecodeError } from "../../core/bytes/index.ts";
import type { BlockingInfo } from "../../core/smp/blocking-info.ts";
import { SettingError } from "../settings/settings.ts";
import { openStoreThereIs } from "../store/open.ts";
import type { Party, QueueRecord, QueueStatus } from "../store/store.ts";
import type { CommandInput } from "./cli.ts";

/** By which of its ids an operator may be told of a queue: sender and link ids are in addresses and links. */
const parties: readonly Party[] = ["sender", "link", "recipient"];

/** `block QUEUE`: nothing is sent or received through the queue any more; both sides are told why. */
export function blockQueue(input: CommandInput): Promise<void> {
  const { flags } = input;
  const info = infoOf(flags["reason"] ?? "spam", flags["notice"]);
  return setStatus(input, "block", () => ({ type: "blocked", info }));
}

/** `unblock QUEUE`: serves a blocked queue again. */
export function unblockQueue(input: CommandInput): Promise<void> {
  return setStatus(input, "unblock", ({ type }) => {
    // A queue that its recipient has suspended is not the operator's to open.
    if (type !== "blocked") throw new SettingError("cannot unblock queue: it is not blocked");
    return { type: "active" };
  });
}

function infoOf(reason: string, notice: string | undefined): BlockingInfo {
  if (reason !== "spam" && reason !== "content") {
    throw new SettingError(`cannot use flag --reason: "${reason}" is not one of spam, content`);
  }
  if (notice === undefined) return { reason, notice: undefined };
  if (notice === "forever") return { reason, notice: { ttl: undefined } };
  if (!/^\d{1,9}$/.test(notice))
    throw new SettingError(`cannot use flag --notice: "${notice}" is neither in seconds nor forever`);
  return { reason, notice: { ttl: Number(notice) } };
}

/** @param next the status that follows the present one */
async function setStatus(
  { runtime, settings, words }: CommandInput,
  command: string,
  next: (status: QueueStatus) => QueueStatus,
): Promise<void> {
  const id = queueId(command, words);
  const { store, peers } = await openStoreThereIs(runtime, settings);
  try {
    let queue: QueueRecord | undefined;
    for (const party of parties) queue ??= await store.findQueue(party, id);
    if (queue === undefined) throw new SettingError(`cannot ${command} queue: there is none with this id`);
    const status = next(queue.status);
    await store.setStatus(queue, status);
    await peers?.tell("queue", queue.recipientId, "status");
    await store.durable();
    runtime.print(`queue is ${status.type} now`);
  } finally {
    await peers?.close();
    await store.close();
  }
}

function queueId(command: string, [text, ...more]: readonly string[]): Uint8Array {
  if (text === undefined || more.length > 0)
    throw new SettingError(`cannot ${command} queue: give one queue id`);
  try {
    return base64urlDecode(text);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new SettingError(`cannot ${command} queue: its id is not base64url`);
  }
}
