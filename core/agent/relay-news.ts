import type { ConnectionId, ProfileId } from "./api.ts";
import type { LastingWork } from "./state/lasting-work.ts";

type RelayState = "up" | "down";

/** Tells whether relays can be reached; of what could not be told while the store failed, the last of each connection. */
export class RelayNews {
  readonly #work: LastingWork;
  /** By relays of profiles. */
  readonly #untold = new Map<string, Map<ConnectionId, RelayState>>();

  constructor(work: LastingWork) {
    this.#work = work;
  }

  /** Queues at a relay can, or can't, be received from now. */
  changed(type: RelayState, profile: ProfileId, relay: string, connections: readonly ConnectionId[]): void {
    const key = `${profile} ${relay}`;
    const untold = this.#untold.get(key) ?? new Map<ConnectionId, RelayState>();
    this.#untold.set(key, untold);
    for (const id of connections) untold.set(id, type);
    this.#work.run(`relay ${key}`, (work) => {
      const others = inState(untold, type === "up" ? "down" : "up");
      if (others.length > 0)
        work.emit({ type: type === "up" ? "down" : "up", profile, relay, connections: others });
      // The last one says what the relay itself is like.
      work.emit({ type, profile, relay, connections: inState(untold, type) });
      work.afterwards(() => untold.clear());
    });
  }

  /** A relay that is down is tried again then, by the wall clock; undefined: in a moment. */
  retryAt(profile: ProfileId, relay: string, atMs: number | undefined): void {
    this.#work.run(`retry ${profile} ${relay}`, (work) => work.emit({ type: "retry", profile, relay, atMs }));
  }
}

function inState(states: ReadonlyMap<ConnectionId, RelayState>, wanted: RelayState): readonly ConnectionId[] {
  return [...states].filter(([, state]) => state === wanted).map(([id]) => id);
}
