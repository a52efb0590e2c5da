import type { Cancel, Clock } from "../../../core/clock/clock.ts";
import type { PeerEvent, PeerListener, Peers, Topic } from "../../subscriptions/peers.ts";
import type { StatusChanges } from "./sqlite-store.ts";

/** How often it is looked whether another process has changed the file, in milliseconds: some microseconds of work. */
const lookIntervalMs = 1000;

/**
 * The commands of the operator on the file of a relay that runs. One relay serves a file, so nobody else has
 * subscriptions, and only the status of queues is told. No signal does it: Deno would have to be allowed to run
 * programs, and a process may be of another container.
 */
export class SqlitePeers implements Peers {
  readonly #store: StatusChanges;
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;
  #cancel: Cancel | undefined;

  constructor(store: StatusChanges, clock: Clock, report: (error: unknown) => void = () => undefined) {
    this.#store = store;
    this.#clock = clock;
    this.#report = report;
  }

  async claim(): Promise<void> {}

  release(): void {}

  /** Written together with what the caller has written in this tick. */
  async tell(_topic: Topic, id: Uint8Array, event: PeerEvent): Promise<void> {
    if (event === "status") this.#store.leaveStatusChange(id);
  }

  listen(listener: PeerListener): void {
    const look = (): void => {
      this.#cancel = this.#clock.after(lookIntervalMs, look);
      try {
        for (const id of this.#store.takeStatusChanges()) listener("queue", id, "status");
      } catch (error) {
        this.#report(error);
      }
    };
    look();
  }

  async close(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
