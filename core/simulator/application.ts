import type { AgentEvent, ConnectionId, ReceivedMessage } from "../agent/api.ts";
import { utf8Decode, utf8Encode } from "../bytes/index.ts";
import type { Transaction } from "../store/store.ts";
import type { AgentInstance } from "./agent-instance.ts";
import {
  type Conversation,
  conversationOfInfo,
  infoOf,
  isWanted,
  peerOf,
  type SendStatus,
  type Side,
} from "./conversation.ts";
import type { SimAgent } from "./sim-agent.ts";
import type { World } from "./world.ts";

interface Own {
  readonly conversation: Conversation;
  readonly side: Side;
}

/** Something that a person still has to answer; it is stored, and so outlives the process. */
interface Answer {
  give(instance: AgentInstance, transaction: Transaction): void;
}

/** How long a person takes to answer, in milliseconds. */
const answerMaxMs = 300_000;
const ranks: Readonly<Record<SendStatus, number>> = { pending: 0, sent: 1, delivered: 2, failed: 3 };

/**
 * What uses an agent: it shows messages and their status, answers requests and sends receipts. All it does in
 * answer to an event is done when the transaction of the event is committed, as it would be in the same store.
 */
export class Application {
  readonly #world: World;
  readonly #owner: SimAgent;
  readonly #own = new Map<ConnectionId, Own>();
  readonly #answers = new Set<Answer>();

  constructor(world: World, owner: SimAgent) {
    this.#world = world;
    this.#owner = owner;
  }

  /** A connection belongs to a side of a conversation from now on. */
  adopt(connection: ConnectionId, conversation: Conversation, side: Side): void {
    side.connection = connection;
    this.#own.set(connection, { conversation, side });
  }

  /** Whether a person still has to answer something. */
  get busy(): boolean {
    return this.#answers.size > 0;
  }

  /** The process has begun: what was not answered yet is answered some time. */
  takeUp(): void {
    for (const answer of this.#answers) this.#answerLater(answer);
  }

  /** Gets the events of the agent. */
  handle(instance: AgentInstance, event: AgentEvent, transaction: Transaction): void {
    const { journal } = this.#world;
    if ("relay" in event) {
      const what =
        event.type === "retry" ? (event.atMs ?? "soon") : `${event.connections.length} connections`;
      journal.note(this.#owner.name, `${event.type}: ${what}`);
      return;
    }
    const own = this.#own.get(event.connection);
    journal.note(this.#owner.name, `${own?.side.name ?? event.connection} ${describeEvent(event)}`);
    if (!instance.running) return;
    if (event.type === "request") this.#onRequest(instance, event, transaction);
    else if (own !== undefined) this.#onOwn(instance, own, event, transaction);
  }

  #onRequest(
    instance: AgentInstance,
    { request, info }: Extract<AgentEvent, { type: "request" }>,
    transaction: Transaction,
  ): void {
    const conversation = conversationOfInfo(this.#world.conversations, utf8Decode(info));
    if (conversation === undefined) {
      this.#problem("gets a request with information that nobody gave");
      return;
    }
    const { dice } = this.#owner;
    const { creator } = conversation;
    if (dice.chance(0.1)) {
      instance.agent.reject(request, transaction);
      instance.store.onCommit(() => {
        conversation.rejected = true;
      });
      return;
    }
    const postQuantum = this.#world.settings.postQuantum;
    this.#answer(instance, transaction, {
      give: ({ agent, store }, within) => {
        const id = agent.accept(request, utf8Encode(infoOf(creator)), { postQuantum }, within);
        store.onCommit(() => this.adopt(id, conversation, creator));
      },
    });
  }

  /** Answers now, or later, when the process may be another one. */
  #answer(instance: AgentInstance, transaction: Transaction, answer: Answer): void {
    if (this.#owner.dice.chance(0.6)) {
      answer.give(instance, transaction);
      return;
    }
    instance.store.onCommit(() => {
      this.#answers.add(answer);
      this.#answerLater(answer);
    });
  }

  #answerLater(answer: Answer): void {
    this.#world.base.after(this.#owner.dice.duration(answerMaxMs), () => {
      const { instance: before } = this.#owner;
      if (before === undefined || !this.#answers.has(answer)) return;
      const given = this.#owner.act((instance, transaction) => {
        answer.give(instance, transaction);
        instance.store.onCommit(() => this.#answers.delete(answer));
      });
      if (given || !before.running) return;
      if (before.store.full) this.#answerLater(answer);
      else this.#answers.delete(answer);
    });
  }

  #onOwn(
    instance: AgentInstance,
    { conversation, side }: Own,
    event: Exclude<AgentEvent, { type: "request" | "up" | "down" | "retry" }>,
    transaction: Transaction,
  ): void {
    const { store } = instance;
    switch (event.type) {
      case "confirmation":
        this.#answer(instance, transaction, {
          give: ({ agent }, within) => {
            if (side.removal !== undefined) return;
            agent.allow(event.connection, event.confirmation, utf8Encode(infoOf(side)), within);
          },
        });
        break;
      case "connected":
        store.onCommit(() => {
          side.connected++;
          if (side.connected > 1) this.#problem(`${side.name} is connected a second time`);
        });
        break;
      case "message":
        this.#onMessage(instance, { conversation, side }, event.message, transaction);
        break;
      case "sent":
        store.onCommit(() => this.#setStatus(side, event.id, "sent"));
        break;
      case "failed":
        store.onCommit(() => {
          for (const id of event.ids) this.#setStatus(side, id, "failed");
          if (isWanted(conversation)) this.#problem(`${side.name} fails to send: ${event.fault.code}`);
        });
        break;
      case "receipt":
        store.onCommit(() => {
          for (const { id, status } of event.receipts) {
            if (status === "ok") this.#setStatus(side, id, "delivered");
            else this.#problem(`${side.name} has a receipt for something else than it sent`);
          }
        });
        break;
      case "deleted":
        store.onCommit(() => {
          side.removed++;
          if (side.removal === undefined) this.#problem(`${side.name} is deleted though nobody asked for it`);
          if (side.removed > 1) this.#problem(`${side.name} is deleted a second time`);
        });
        break;
      case "ratchetSync":
        if (isWanted(conversation) && (event.state === "allowed" || event.state === "required"))
          store.onCommit(() => this.#problem(`${side.name} loses its ratchet: ${event.fault?.detail}`));
        break;
      case "ended":
        if (isWanted(conversation)) store.onCommit(() => this.#problem(`${side.name} lost its queue`));
        break;
      case "error":
        if (event.fault.code === "AGENT A_DUPLICATE") break;
        store.onCommit(() => {
          side.failed = event.fault.code;
          if (isWanted(conversation))
            this.#problem(`${side.name} has an error: ${event.fault.code} ${event.fault.detail}`);
        });
        break;
      default:
        break;
    }
  }

  #onMessage(
    { agent, store }: AgentInstance,
    { conversation, side }: Own,
    message: ReceivedMessage,
    transaction: Transaction,
  ): void {
    const peer = peerOf(conversation, side);
    const text = utf8Decode(message.body);
    const repeats = this.#world.settings.planted === "shown twice" && this.#owner.dice.chance(0.1) ? 2 : 1;
    const wantsReceipt = this.#owner.dice.chance(0.5) && side.removal === undefined;
    if (wantsReceipt && side.connection !== undefined)
      agent.receipt(side.connection, message.id, transaction);
    store.onCommit(() => {
      if (message.integrity.type !== "ok" && !isGapOfFailed(side, message))
        this.#problem(`${side.name} doubts the integrity of "${text}": ${message.integrity.type}`);
      for (let time = 0; time < repeats; time++) this.#show(side, peer, text);
      const sent = peer.sent[side.shown - 1];
      if (wantsReceipt && sent !== undefined) sent.receipted = true;
    });
  }

  #show(side: Side, peer: Side, text: string): void {
    const at = peer.sent.findIndex((sent) => sent.text === text);
    // One that failed may be shown: when a relay's answer is lost, its sender can't know that it was taken.
    const missed = peer.sent.slice(side.shown, at).filter(({ status }) => status !== "failed");
    if (at < 0) this.#problem(`${side.name} shows "${text}", which was never sent`);
    else if (at < side.shown) this.#problem(`${side.name} shows "${text}" a second time, or too late`);
    else if (missed.length > 0) this.#problem(`${side.name} shows "${text}" without what was sent before it`);
    side.shown = Math.max(side.shown, at + 1);
  }

  #setStatus(side: Side, id: number, status: SendStatus): void {
    const sent = side.sent.find((one) => one.id === id);
    if (sent === undefined) {
      this.#problem(`${side.name} has a status of a message that it did not send`);
    } else if (ranks[status] <= ranks[sent.status]) {
      this.#problem(`${side.name}: status of "${sent.text}" goes from ${sent.status} to ${status}`);
    } else {
      sent.status = status;
    }
  }

  #problem(what: string): void {
    this.#world.journal.problem(this.#owner.name, what);
  }
}

/**
 * While one relay knows of a suspension and the other does not, what the peer sends may fail, and what comes after
 * arrive. That no other messages are missing is seen when it is shown.
 */
function isGapOfFailed({ suspended }: Side, { integrity }: ReceivedMessage): boolean {
  return suspended && integrity.type === "skipped";
}

function describeEvent(event: Exclude<AgentEvent, { type: "up" | "down" | "retry" }>): string {
  switch (event.type) {
    case "message":
      return `message "${utf8Decode(event.message.body)}" (${event.message.sharedId})`;
    case "sent":
    case "warning":
      return `${event.type} ${event.id}${event.type === "warning" ? ` ${event.fault.code}` : ""}`;
    case "failed":
      return `failed ${event.ids.join(" ")}: ${event.fault.code} ${event.fault.detail}`;
    case "receipt":
      return `receipt ${event.receipts.map(({ id, status }) => `${id} ${status}`).join(", ")}`;
    case "switch":
      return `switch ${event.direction} ${event.phase}`;
    case "ratchetSync":
      return `ratchet ${event.state}`;
    case "error":
      return `error ${event.fault.code} ${event.fault.detail}`;
    case "ended":
      return `ended${event.deleted ? ", deleted" : ""}`;
    default:
      return event.type;
  }
}
