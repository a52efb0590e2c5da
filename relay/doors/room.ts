/** Counts the connections of all doors from their first packet on, and has room for so many. */
export class Room {
  readonly #max: number;
  #inside = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** @returns whether there was room: then `leave` is to be called when the connection has ended */
  enter(): boolean {
    if (this.#inside >= this.#max) return false;
    this.#inside++;
    return true;
  }

  leave(): void {
    this.#inside--;
  }
}
