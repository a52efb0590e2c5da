import { blockLength } from "./transport.ts";

/** Cuts a stream of bytes into blocks. A chunk that is a block, as TLS usually gives them, is passed on uncopied. */
export class BlockAssembler {
  #partial: Uint8Array | undefined;
  #filled = 0;

  /** Bytes of a block that is not complete. */
  get pending(): number {
    return this.#filled;
  }

  /** Takes the next bytes of the stream and gives each block that they complete to `block`. */
  push(chunk: Uint8Array, block: (block: Uint8Array) => void): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#partial === undefined && rest.length >= blockLength) {
        block(rest.subarray(0, blockLength));
        rest = rest.subarray(blockLength);
        continue;
      }
      this.#partial ??= new Uint8Array(blockLength);
      const part = rest.subarray(0, blockLength - this.#filled);
      this.#partial.set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled < blockLength) return;
      const whole = this.#partial;
      this.#partial = undefined;
      this.#filled = 0;
      block(whole);
    }
  }
}
