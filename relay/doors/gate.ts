import { networkOf } from "./network-of.ts";
import type { Room } from "./room.ts";

/** Counts the connections of each address (`networkOf`) from their first packet on, and keeps out those beyond a bound. */
export class Gate {
  readonly #room: Room;
  readonly #max: number;
  readonly #inside = new Map<string, number>();

  /**
   * @param room of all doors together
   * @param max connections of one address; 0: as many as there are
   */
  constructor(room: Room, max: number) {
    this.#room = room;
    this.#max = max;
  }

  /** @returns false when all have their share, or the address has, or a function to call when the connection has ended */
  enter(address: string): false | (() => void) {
    const network = networkOf(address);
    const inside = this.#inside.get(network) ?? 0;
    if (this.#max > 0 && inside >= this.#max) return false;
    if (!this.#room.enter()) return false;
    this.#inside.set(network, inside + 1);
    return () => this.#leave(network);
  }

  #leave(network: string): void {
    this.#room.leave();
    const inside = (this.#inside.get(network) ?? 0) - 1;
    if (inside > 0) this.#inside.set(network, inside);
    else this.#inside.delete(network);
  }
}
