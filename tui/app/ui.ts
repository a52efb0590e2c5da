import { type Chat, ChatError, type ChatEvent } from "../../core/chat/api.ts";
import { sanitizeText } from "../../core/chat/sanitize.ts";
import { contactName } from "../conversations/entries.ts";
import { messageSummary } from "../history/summary.ts";
import type { KeyMap } from "../keys/keymap.ts";
import type { Size } from "../layout/layout.ts";
import type { LastOpen } from "../settings/last-open.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import { showsConversation } from "./derived.ts";
import { applyEvent } from "./events.ts";
import type { Host } from "./host.ts";
import { initialModel, type Model, openConversation, type Screen, unreadTotal, without } from "./model.ts";

export interface UiOptions {
  readonly chat: Chat;
  readonly host: Host;
  readonly settings: SettingsFile;
  readonly keyMap: KeyMap;
  readonly size: Size;
  /** What to show at the start, and where to note what to show at the next. */
  readonly lastOpen: LastOpen;
}

/** Events may come by the thousand, after a time without network: the view is told of them once a frame. */
const frameMs = 33;

/**
 * Holds the model, lets the chat's events change it, and tells the view. Commands and screens work on it; it knows
 * none of them.
 */
export class Ui {
  readonly chat: Chat;
  readonly host: Host;
  readonly settings: SettingsFile;
  readonly lastOpen: LastOpen;
  #model: Model;
  /** What the view has been told of, and when (monotonic). */
  #told: Model;
  #toldMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #title = "";
  readonly #listeners = new Set<() => void>();
  readonly #eventListeners = new Set<(event: ChatEvent) => void>();
  #unsubscribe: (() => void) | undefined;

  constructor({ chat, host, settings, keyMap, size, lastOpen }: UiOptions) {
    this.chat = chat;
    this.host = host;
    this.settings = settings;
    this.lastOpen = lastOpen;
    this.#model = initialModel(size, host.nowMs(), keyMap);
    this.#told = this.#model;
  }

  /** The model as of the last frame: what the view draws. */
  readonly shown = (): Model => this.#told;

  get model(): Model {
    return this.#model;
  }

  /** Calls `listener` when `shown` has changed, at most once a frame. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** Calls `listener` for each event of the chat after the model has it. */
  onEvent(listener: (event: ChatEvent) => void): void {
    this.#eventListeners.add(listener);
  }

  update(change: (model: Model) => Model): void {
    const next = change(this.#model);
    if (next === this.#model) return;
    this.#model = next;
    const waitMs = this.#toldMs + frameMs - performance.now();
    if (waitMs <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), waitMs);
  }

  /** Tells the view now what it would be told with the next frame; after a key nobody should wait. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#model === this.#told) return;
    this.#told = this.#model;
    this.#toldMs = performance.now();
    this.#showTitle();
    for (const listener of this.#listeners) listener();
  }

  set(change: Partial<Model>): void {
    this.update((model) => ({ ...model, ...change }));
  }

  show(screen: Screen): void {
    this.update((model) => ({ ...without(model, "picker", "help", "notice"), screen }));
  }

  closeScreen(): void {
    this.update((model) => without(model, "screen"));
  }

  notice(text: string, error = false): void {
    this.set({ notice: { text, error } });
  }

  /** Runs what may fail; a failure becomes one line on the screen. Gives the value, or undefined. */
  async attempt<T>(run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      this.notice(errorText(error), true);
      return undefined;
    }
  }

  /** Reads what the first screen needs and follows the chat from there. */
  async start(): Promise<void> {
    this.#unsubscribe = this.chat.subscribe((event) => this.#event(event));
    const { chat } = this;
    const [profile, conversations, invitations, requests, address, relays] = await Promise.all([
      chat.profile.get(),
      chat.conversation.list(),
      chat.invitation.list(),
      chat.request.list(),
      chat.address.get(),
      chat.relay.status(),
    ]);
    this.set({ profile, conversations, invitations, requests, address, relays });
    this.#followDays();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe?.();
  }

  #event(event: ChatEvent): void {
    this.update((model) => applyEvent(model, event));
    if (event.type === "message.added") this.#notify(event.message);
    if (event.type === "request.added") this.#tell("sotto", "somebody wants to connect");
    for (const listener of this.#eventListeners) listener(event);
  }

  #notify(message: Extract<ChatEvent, { type: "message.added" }>["message"]): void {
    if (message.direction !== "received" || message.content.type === "event" || message.read === true) return;
    const conversation = this.#model.conversations.find(({ contact }) => contact.id === message.contactId);
    if (conversation === undefined || conversation.contact.muted) return;
    const seen = this.#model.attended && showsConversation(this.#model);
    if (seen && openConversation(this.#model) === conversation) return;
    const { notifyDetail } = this.settings.settings;
    if (notifyDetail === "none") this.#tell("sotto", "new message");
    else if (notifyDetail === "name") this.#tell(contactName(conversation.contact), "new message");
    else this.#tell(contactName(conversation.contact), messageSummary(message).slice(0, 200));
  }

  #tell(title: string, body: string): void {
    this.host.notify(title, body);
  }

  #showTitle(): void {
    const unread = unreadTotal(this.#model);
    const title = unread === 0 ? "sotto" : `(${unread}) sotto`;
    if (title === this.#title) return;
    this.#title = title;
    this.host.windowTitle(title);
  }

  // "yesterday" and the like are right again after midnight; nothing else changes by itself.
  #followDays(): void {
    const midnight = new Date(this.host.nowMs());
    midnight.setHours(24, 0, 1, 0);
    this.host.at(midnight.getTime(), () => {
      this.set({ nowMs: this.host.nowMs() });
      this.#followDays();
    });
  }
}

/** What went wrong, in words for people. */
export function errorText(error: unknown): string {
  if (error instanceof ChatError) return sanitizeText(error.message).replaceAll("\n", " ");
  if (error instanceof Error) return sanitizeText(error.message).replaceAll("\n", " ");
  return "Something went wrong that has no name.";
}
