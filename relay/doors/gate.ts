/** Counts the connections of each address from their first packet on, and keeps out those beyond a bound. */
export class Gate {
  readonly #max: number;
  readonly #inside = new Map<string, number>();

  /** @param max connections of one address; 0: as many as there are */
  constructor(max: number) {
    this.#max = max;
  }

  /** @returns false when the address has its share, or a function to call when the connection has ended */
  enter(address: string): false | (() => void) {
    const inside = this.#inside.get(address) ?? 0;
    if (this.#max > 0 && inside >= this.#max) return false;
    this.#inside.set(address, inside + 1);
    return () => this.#leave(address);
  }

  #leave(address: string): void {
    const inside = (this.#inside.get(address) ?? 0) - 1;
    if (inside > 0) this.#inside.set(address, inside);
    else this.#inside.delete(address);
  }
}
