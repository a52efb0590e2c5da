import type { RelayStatus } from "../api.ts";
import type { Changes } from "./changes.ts";
import { relayHost } from "./relay-host.ts";

/** What is known of each relay in use: whether we are connected to it. */
export class RelayStates {
  readonly #changes: Changes;
  readonly #states = new Map<string, RelayStatus>();

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  /** Relays that we will be connected to, as they are until we hear of them. */
  expect(addresses: readonly string[]): void {
    for (const host of addresses.map(relayHost)) {
      if (!this.#states.has(host)) this.#states.set(host, { host, state: "idle" });
    }
  }

  note(address: string, state: "up" | "down"): void {
    this.#put({ host: relayHost(address), state });
  }

  /** When a relay that is down is tried next; undefined: in a moment. */
  retryAt(address: string, atMs: number | undefined): void {
    const host = relayHost(address);
    if (this.#states.get(host)?.state !== "down") return;
    this.#put({ host, state: "down", ...(atMs === undefined ? {} : { retryAtMs: atMs }) });
  }

  list(): readonly RelayStatus[] {
    return [...this.#states.values()];
  }

  #put(status: RelayStatus): void {
    this.#states.set(status.host, status);
    this.#changes.other({ type: "relay.status", status });
  }
}
