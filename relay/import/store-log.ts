import { base64urlDecode, DecodeError, decode, utf8Encode } from "../../core/bytes/index.ts";
import { blockingInfo } from "../../core/smp/blocking-info.ts";
import type { ServiceRole } from "../../core/smp/handshake.ts";
import type { AuthKey } from "../../core/smp/keys.ts";
import type { LinkData } from "../../core/smp/link-data.ts";
import { keyFromBytes } from "../store/keys.ts";
import type { Notifier, QueueRecord, QueueStatus, QueueStore } from "../store/store.ts";

/** What became of the lines of a store log. */
export interface ImportResult {
  readonly applied: number;
  /** How many lines could not be read, or are about queues that are not there. */
  readonly skipped: number;
  /** The numbers of the first of them, from 1. */
  readonly firstSkipped: readonly number[];
}

/** Skipped lines whose numbers are told. */
const firstSkippedMax = 100;

/** Lines between which what was read is made durable. */
const linesPerCommit = 1000;

/**
 * Takes over the queues in a store log of the reference server: one line for each change of a queue, in the
 * order in which they happened. A line that cannot be read is skipped, as that server does.
 * @param lines undefined for those that are too long to be read
 */
export async function importStoreLog(
  store: QueueStore,
  lines: Iterable<string | undefined>,
): Promise<ImportResult> {
  const firstSkipped: number[] = [];
  let skipped = 0;
  let number = 0;
  let applied = 0;
  for (const line of lines) {
    number++;
    if (line?.trim() === "") continue;
    if (line !== undefined && (await readAndApply(store, line))) applied++;
    else if (++skipped <= firstSkippedMax) firstSkipped.push(number);
    if (number % linesPerCommit === 0) await store.durable();
  }
  await store.durable();
  return { applied, skipped, firstSkipped };
}

async function readAndApply(store: QueueStore, line: string): Promise<boolean> {
  try {
    return await apply(store, line);
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

async function apply(store: QueueStore, line: string): Promise<boolean> {
  const [tag = "", ...words] = line.trim().split(" ");
  if (tag === "CREATE") return createQueue(store, words);
  if (tag === "NEW_SERVICE") return createService(store, words);
  const [id, ...values] = words;
  const queue = await store.findQueue("recipient", bytes(id));
  if (queue === undefined) return false;
  const [first, second, third] = values;
  switch (tag) {
    case "LINK":
      return store.setLink(queue, bytes(first), { fixedData: bytes(second), userData: bytes(third) });
    case "LDELETE":
      await store.deleteLink(queue);
      return true;
    case "SECURE":
      return store.secureQueue(queue, key(first));
    case "KEYS":
      await store.setRecipientKeys(queue, keys(first));
      return true;
    case "NOTIFIER":
      return setNotifier(store, queue, values);
    case "NDELETE":
      await store.deleteNotifier(queue);
      return true;
    case "SUSPEND":
      await store.setStatus(queue, { type: "off" });
      return true;
    case "BLOCK":
      await store.setStatus(queue, { type: "blocked", info: decode(blockingInfo, utf8Encode(first ?? "")) });
      return true;
    case "UNBLOCK":
      await store.setStatus(queue, { type: "active" });
      return true;
    case "TIME":
      await store.touch(queue, seconds(first));
      return true;
    case "DELETE":
      await store.deleteQueue(queue);
      return true;
    case "QUEUE_SERVICE":
      return setService(store, queue, first, second ? bytes(second) : undefined);
    default:
      return false;
  }
}

const serviceStart = "nsrv=";

async function setNotifier(
  store: QueueStore,
  queue: QueueRecord,
  values: readonly string[],
): Promise<boolean> {
  const service = values.find((value) => value.startsWith(serviceStart));
  const credentials = values.filter((value) => value !== service);
  if (!(await store.setNotifier(queue, notifier(credentials)))) return false;
  if (service !== undefined) await store.setNotifierService(queue, bytes(service.slice(serviceStart.length)));
  return true;
}

/** @param party whose service it is: R, who receives messages, or N, who receives notifications */
async function setService(
  store: QueueStore,
  queue: QueueRecord,
  party: string | undefined,
  serviceId: Uint8Array | undefined,
): Promise<boolean> {
  if (party !== "R" && party !== "N") return false;
  if (party === "N") await store.setNotifierService(queue, serviceId);
  else await store.setQueueService(queue, serviceId);
  return true;
}

const fieldNames: ReadonlySet<string> = new Set([
  ...[
    "rid",
    "rk",
    "rdh",
    "sid",
    "sk",
    "sndSecure",
    "queue_mode",
    "link_id",
    "queue_data",
    "notifier",
    "nsrv",
  ],
  ...["updated_at", "status", "rsrv", "service_id", "role", "cert", "cert_hash", "created_at"],
]);

/** Fields `name=value`, where further values of a field follow as words of their own. */
function fieldsOf(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  let values: string[] = [];
  for (const word of words) {
    const end = word.indexOf("=");
    const name = word.slice(0, end);
    if (end === -1 || !fieldNames.has(name)) {
      values.push(word);
    } else {
      values = [word.slice(end + 1)];
      fields.set(name, values);
    }
  }
  return fields;
}

async function createQueue(store: QueueStore, words: readonly string[]): Promise<boolean> {
  const fields = fieldsOf(words);
  const one = (name: string): string | undefined => fields.get(name)?.[0];
  const senderKey = one("sk");
  const [fixedData, userData] = fields.get("queue_data") ?? [];
  const link: LinkData | undefined =
    fixedData === undefined ? undefined : { fixedData: bytes(fixedData), userData: bytes(userData) };
  const credentials = fields.get("notifier");
  const service = one("nsrv");
  const updatedAt = one("updated_at");
  const queue: QueueRecord = {
    recipientId: bytes(one("rid")),
    senderId: bytes(one("sid")),
    recipientKeys: keys(one("rk")),
    dhSecret: bytes(one("rdh")),
    senderKey: senderKey ? key(senderKey) : undefined,
    mode: mode(one("sndSecure") ?? one("queue_mode")),
    linkId: link && bytes(one("link_id")),
    notifier: credentials && { ...notifier(credentials), serviceId: service ? bytes(service) : undefined },
    status: status(one("status") ?? "active"),
    updatedAt: updatedAt === undefined ? 0 : seconds(updatedAt),
    serviceId: one("rsrv") ? bytes(one("rsrv")) : undefined,
  };
  if (!(await store.createQueue(queue, link))) return false;
  if (queue.notifier?.serviceId !== undefined)
    await store.setNotifierService(queue, queue.notifier.serviceId);
  return true;
}

async function createService(store: QueueStore, words: readonly string[]): Promise<boolean> {
  const fields = fieldsOf(words);
  const id = bytes(fields.get("service_id")?.[0]);
  const known = await store.service(bytes(fields.get("cert_hash")?.[0]), role(fields.get("role")?.[0]), id);
  return known !== undefined;
}

function bytes(text: string | undefined): Uint8Array {
  if (text === undefined || text === "") throw new DecodeError("value is missing");
  return base64urlDecode(text);
}

function key(text: string | undefined): AuthKey {
  return keyFromBytes(bytes(text));
}

function keys(text: string | undefined): readonly AuthKey[] {
  return (text ?? "").split(",").map(key);
}

function notifier([id, authKey, secret]: readonly string[]): Notifier {
  return { notifierId: bytes(id), key: key(authKey), dhSecret: bytes(secret), serviceId: undefined };
}

function seconds(text: string | undefined): number {
  if (text === undefined || !/^\d{1,12}$/.test(text)) throw new DecodeError("time is not a number");
  return Number(text);
}

function mode(text: string | undefined): QueueRecord["mode"] {
  if (text === undefined) return undefined;
  if (text === "T" || text === "M" || text === "on") return "messaging";
  if (text === "F" || text === "C" || text === "off") return "contact";
  throw new DecodeError("queue mode is unknown");
}

function role(text: string | undefined): ServiceRole {
  if (text === "M") return "messaging";
  if (text === "N") return "notifier";
  if (text === "P") return "proxy";
  throw new DecodeError("service role is unknown");
}

const blockedStart = "blocked,";

function status(text: string): QueueStatus {
  if (text === "active" || text === "off") return { type: text };
  if (!text.startsWith(blockedStart)) throw new DecodeError("queue status is unknown");
  return { type: "blocked", info: decode(blockingInfo, utf8Encode(text.slice(blockedStart.length))) };
}
