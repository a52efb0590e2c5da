/**
 * Who is subscribed to what: at most one connection for an id. Queues, notifiers and services each have a
 * registry; each holds ids and connections only.
 */
export class SubscriberRegistry<S> {
  readonly #subscribers = new Map<string, S>();

  get size(): number {
    return this.#subscribers.size;
  }

  get(id: string): S | undefined {
    return this.#subscribers.get(id);
  }

  /** Makes `subscriber` the one for `id`. @returns the one before, if it was another */
  replace(id: string, subscriber: S): S | undefined {
    const previous = this.#subscribers.get(id);
    this.#subscribers.set(id, subscriber);
    return previous === subscriber ? undefined : previous;
  }

  /** Nobody is subscribed to `id` from now on. @returns who was */
  remove(id: string): S | undefined {
    const previous = this.#subscribers.get(id);
    this.#subscribers.delete(id);
    return previous;
  }

  /** Ends the subscription if it is still of `subscriber`. @returns whether it was */
  leave(id: string, subscriber: S): boolean {
    return this.#subscribers.get(id) === subscriber && this.#subscribers.delete(id);
  }
}
