import { networkOf } from "./network-of.ts";

/** Counts the connections of each address (`networkOf`) from their first packet on, and keeps out those beyond a bound. */
export class Gate {
  readonly #max: number;
  readonly #inside = new Map<string, number>();

  /** @param max connections of one address; 0: as many as there are */
  constructor(max: number) {
    this.#max = max;
  }

  /** @returns false when the address has its share, or a function to call when the connection has ended */
  enter(address: string): false | (() => void) {
    const network = networkOf(address);
    const inside = this.#inside.get(network) ?? 0;
    if (this.#max > 0 && inside >= this.#max) return false;
    this.#inside.set(network, inside + 1);
    return () => this.#leave(network);
  }

  #leave(network: string): void {
    const inside = (this.#inside.get(network) ?? 0) - 1;
    if (inside > 0) this.#inside.set(network, inside);
    else this.#inside.delete(network);
  }
}
