import { MemoryStore } from "../../relay/store/memory/memory-store.ts";
import type { AddResult, QueueRecord, SentMessage, StoredMessage } from "../../relay/store/store.ts";
import { DecodeError, decode } from "../bytes/index.ts";
import { clientMessageEnvelope } from "../smp/client-message.ts";
import type { AuthKey } from "../smp/keys.ts";
import type { LinkData } from "../smp/link-data.ts";
import { showsPlaintext } from "./secrets.ts";
import type { World } from "./world.ts";

/** The store of a relay, which looks at what is stored: ids and keys are of one queue each, and nothing is readable. */
export class WatchedStore extends MemoryStore {
  readonly #world: World;
  readonly #name: string;
  #queueCount = 0;
  readonly #names = new WeakMap<Uint8Array, string>();
  /** A fault to be found: this often, of a thousand times, a message is gone when it is asked for. */
  losesPerThousand = 0;

  constructor(world: World, name: string) {
    super();
    this.#world = world;
    this.#name = name;
  }

  override createQueue(queue: QueueRecord, link: LinkData | undefined): boolean {
    const created = super.createQueue(queue, link);
    if (!created) return false;
    this.#names.set(queue.recipientId, `queue ${++this.#queueCount} at ${this.#name}`);
    this.#own(queue, "recipient id", queue.recipientId);
    this.#own(queue, "sender id", queue.senderId);
    if (queue.linkId !== undefined) this.#own(queue, "link id", queue.linkId);
    this.#own(queue, "secret", queue.dhSecret);
    for (const key of queue.recipientKeys) this.#ownKey(queue, "recipient key", key);
    if (link !== undefined) this.#seeLink(link);
    return true;
  }

  override secureQueue(queue: QueueRecord, key: AuthKey): boolean {
    this.#ownKey(queue, "sender key", key);
    return super.secureQueue(queue, key);
  }

  override setLink(queue: QueueRecord, linkId: Uint8Array, link: LinkData): boolean {
    this.#seeLink(link);
    return super.setLink(queue, linkId, link);
  }

  override addMessage(queue: QueueRecord, message: SentMessage, quota: number): AddResult {
    this.#see(message.body);
    try {
      const { key } = decode(clientMessageEnvelope, message.body).header;
      if (key !== undefined) this.#own(queue, "key of a sender", key);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#world.journal.problem(this.#name, `was sent what is no message: ${error.message}`);
    }
    return super.addMessage(queue, message, quota);
  }

  override firstMessage(queue: QueueRecord): StoredMessage | undefined {
    const first = super.firstMessage(queue);
    if (first === undefined || this.losesPerThousand === 0) return first;
    if (!this.#world.dice.chance(this.losesPerThousand / 1_000)) return first;
    this.#world.journal.note(this.#name, "loses a message");
    return super.acknowledge(queue, first.id).next;
  }

  #ownKey(queue: QueueRecord, what: string, { key }: AuthKey): void {
    this.#own(queue, what, key);
  }

  #own(queue: QueueRecord, what: string, bytes: Uint8Array): void {
    const { journal, identifiers } = this.#world;
    const owner = this.#names.get(queue.recipientId) ?? `unknown queue at ${this.#name}`;
    const other = identifiers.note(bytes, owner);
    if (other !== undefined) journal.problem(this.#name, `${what} of ${owner} is one of ${other}`);
  }

  #seeLink({ fixedData, userData }: LinkData): void {
    this.#see(fixedData);
    this.#see(userData);
  }

  #see(bytes: Uint8Array): void {
    if (showsPlaintext(bytes)) this.#world.journal.problem(this.#name, "was given plaintext");
  }
}
