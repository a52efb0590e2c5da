import type { Cancel } from "../../clock/clock.ts";
import type { Transaction } from "../../store/store.ts";
import type { FeatureState } from "../api.ts";
import type { ContactRecord } from "../store/records.ts";
import { expiring, getSettings } from "../store/tables.ts";
import { featureState, featureStates } from "../text/preferences.ts";
import { type Context, change } from "./context.ts";
import { removeMessage } from "./history.ts";
import { getMessageRecord } from "./views.ts";

const removedAtOnce = 100;

/** The features of a conversation as they are now. */
export function featuresOf(tx: Transaction, contact: ContactRecord): readonly FeatureState[] {
  // Towards an incognito contact the defaults of the profile don't count: they could tell who we are.
  const defaults = contact.incognito === undefined ? (getSettings(tx).profile?.preferences ?? {}) : {};
  return featureStates(contact.preferences, defaults, contact.theirPreferences);
}

/** How long a new message of this conversation stays, in seconds; undefined for ever. */
export function lifetimeOf(tx: Transaction, contact: ContactRecord): number | undefined {
  return featureState(featuresOf(tx, contact), "timedMessages").ttlSeconds;
}

/** Removes messages whose time is over, now and whenever the next one's is. */
export class Lifetimes {
  readonly #context: Context;
  #timer: Cancel | undefined;
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Removes what is due, and waits for the next; to be called whenever messages may have got a time. */
  check(): void {
    const { clock, store } = this.#context;
    const first = store.transaction((tx) => expiring.range(tx, { limit: 1 })[0]?.key[0]);
    if (first === undefined) return this.stop();
    if (first > clock.nowMs()) return this.#wait(first);
    change(this.#context, (tx) => {
      for (const { key } of expiring.range(tx, { limit: removedAtOnce })) {
        const [dueMs, id] = key;
        const message = getMessageRecord(tx, id);
        if (dueMs > clock.nowMs()) break;
        if (message === undefined) expiring.delete(tx, key);
        else removeMessage(this.#context, tx, message);
      }
    });
    this.check();
  }

  stop(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  #wait(dueMs: number): void {
    if (dueMs === this.#dueMs) return;
    this.stop();
    this.#dueMs = dueMs;
    this.#timer = this.#context.clock.after(dueMs - this.#context.clock.nowMs(), () => {
      this.#dueMs = Number.POSITIVE_INFINITY;
      this.check();
    });
  }
}
