import { VirtualClock } from "../../clock/virtual.ts";
import { systemRandom } from "../../crypto/random.ts";
import { MemoryStore } from "../../store/memory.ts";
import type { Chat, ChatEvent, ContactId, MessageId } from "../api.ts";
import { openChat } from "../chat.ts";
import { zstdCompress } from "../node/zstd.ts";
import { type FakeAgent, FakeAgents } from "./fake-agents.ts";

/** Someone with a chat of their own. */
export interface Person {
  readonly chat: Chat;
  readonly agent: FakeAgent;
  readonly store: MemoryStore;
  readonly events: ChatEvent[];
  /** The texts of the conversation with the only contact; lines in brackets. */
  history(): Promise<readonly string[]>;
  /** The only contact. */
  contact(): Promise<ContactId>;
  /** The latest message of that conversation. */
  last(): Promise<MessageId>;
}

/** People whose agents are joined without a network, on one clock. */
export class People {
  readonly clock = new VirtualClock();
  readonly #agents = new FakeAgents();

  async person(name: string): Promise<Person> {
    const store = new MemoryStore();
    const agent = this.#agents.create(store, () => this.clock.nowMs());
    const chat = openTestChat(agent, store, this.clock);
    const events: ChatEvent[] = [];
    chat.subscribe((event) => events.push(event));
    await chat.profile.create({ displayName: name });
    const contact = async (): Promise<ContactId> => {
      const [first] = await chat.contact.list();
      if (first === undefined) throw new Error(`${name} has no contact`);
      return first.id;
    };
    return {
      chat,
      agent,
      store,
      events,
      contact,
      async history() {
        const { messages } = await chat.message.list({ contactId: await contact() });
        return messages.map(({ content, text, deletedBy }) => {
          if (deletedBy !== undefined) return `[deleted by ${deletedBy}]`;
          if (content.type === "event") return `[${content.event.type}]`;
          return content.type === "text" ? text : `[${content.type}] ${text}`.trimEnd();
        });
      },
      async last() {
        const { messages } = await chat.message.list({ contactId: await contact(), limit: 1 });
        const message = messages[0];
        if (message === undefined) throw new Error(`${name} has no message`);
        return message.id;
      },
    };
  }

  /** Two people who are contacts, by an invitation. */
  async contacts(): Promise<readonly [Person, Person]> {
    const [ada, bob] = [await this.person("ada"), await this.person("bob")];
    const { shortLink = "" } = await ada.chat.invitation.create({});
    const joined = bob.chat.connection.join({ link: shortLink });
    await this.settle();
    await joined;
    await this.settle();
    return [ada, bob];
  }

  /** Lets everything that was sent arrive. */
  async settle(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      await this.clock.advance(0);
      await this.#agents.settle();
    }
  }
}

/** A chat over a given agent and store, with storage and network that do nothing. */
export function openTestChat(agent: FakeAgent, store: MemoryStore, clock: VirtualClock): Chat {
  return openChat({
    agent,
    store,
    clock,
    random: systemRandom,
    zstd: zstdCompress,
    storage: {
      sizeBytes: () => 0,
      hasPassphrase: () => false,
      isPassphrase: () => false,
      setPassphrase: () => undefined,
      backup: () => 0,
      close: () => store.close(),
    },
    network: {
      probe: () => Promise.resolve({ tookMs: 1, version: 18 }),
      apply: () => undefined,
      reconnect: () => undefined,
    },
  });
}
