import { createAgent } from "../agent/agent.ts";
import { smpNetwork } from "../agent/network/smp-network.ts";
import type { Chat, ChatEvent, ContactId } from "../chat/api.ts";
import { openChat } from "../chat/chat.ts";
import { zstdCompress } from "../chat/node/zstd.ts";
import type { Clock } from "../clock/clock.ts";
import { systemRandom } from "../crypto/random.ts";
import { MemoryStore } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import type { Connect } from "../transport/doors.ts";

/** Where people live: their time, and the way to their relays. */
export interface Surroundings {
  readonly clock: Clock;
  readonly connect: Connect;
  /** Gets errors that nobody should have. */
  readonly defects: unknown[];
}

/** Someone with a chat over a real agent, whose relays are in this process. */
export class ChatPerson {
  readonly #world: Surroundings;
  readonly #store: Store;
  readonly name: string;
  events: ChatEvent[] = [];
  chat: Chat;

  constructor(world: Surroundings, name: string, store: Store = new MemoryStore()) {
    this.#world = world;
    this.#store = store;
    this.name = name;
    this.chat = this.#open();
  }

  #open(): Chat {
    const { clock, connect, defects } = this.#world;
    const agent = createAgent({
      store: this.#store,
      clock,
      random: systemRandom,
      network: smpNetwork(connect, { clock, random: systemRandom }),
      onDefect: (error) => defects.push(error),
    });
    const chat = openChat({
      agent,
      store: this.#store,
      clock,
      random: systemRandom,
      zstd: zstdCompress,
      storage: {
        sizeBytes: () => 0,
        hasPassphrase: () => false,
        isPassphrase: () => false,
        setPassphrase: () => undefined,
        backup: () => 0,
        close: () => undefined,
      },
      network: {
        probe: () => Promise.resolve({ tookMs: 1, version: 18 }),
        apply: () => undefined,
        reconnect: () => agent.reconnect(),
      },
    });
    chat.subscribe((event) => this.events.push(event));
    return chat;
  }

  /** Makes the profile, with these relays. */
  async introduce(relays: readonly { readonly text: string }[]): Promise<void> {
    const own = { receive: true, proxy: true, origin: "own", enabled: true } as const;
    await this.chat.relay.set({ relays: relays.map(({ text }) => ({ address: text, ...own })) });
    await this.chat.network.set({ privateRouting: "never" });
    await this.chat.profile.create({ displayName: this.name });
  }

  /** Ends the program and starts it again. */
  async restart(): Promise<void> {
    await this.chat.close();
    this.events = [];
    this.chat = this.#open();
  }

  /** The only contact. */
  async contact(): Promise<ContactId> {
    const [first] = await this.chat.contact.list();
    if (first === undefined) throw new Error(`${this.name} has no contact`);
    return first.id;
  }

  /** The history of the only conversation: texts, and the kinds of lines in brackets. */
  async history(): Promise<readonly string[]> {
    const { messages } = await this.chat.message.list({ contactId: await this.contact() });
    return messages.map(({ content, text, deletedBy }) => {
      if (deletedBy !== undefined) return "[deleted]";
      return content.type === "event" ? `[${content.event.type}]` : text;
    });
  }

  /** Whether an event of this type was told, with these fields. */
  was(test: (event: ChatEvent) => boolean): boolean {
    return this.events.some(test);
  }

  /** Whether a message with this text was told. */
  has(text: string): boolean {
    return this.was(
      (event) => event.type.startsWith("message.") && "message" in event && event.message.text === text,
    );
  }

  get isConnected(): boolean {
    return this.was((event) => event.type === "contact.updated" && event.contact.state === "connected");
  }
}
