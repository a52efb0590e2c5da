import { Writer } from "../bytes/index.ts";

/**
 * Encoded bytes that are not yet in one place: `parts` one after another, `length` bytes in all.
 * Large byte strings stay where they are until the block is written, so they are copied once.
 */
export interface Chunks {
  readonly length: number;
  readonly parts: readonly Uint8Array[];
}

/** Byte strings of this length or more are not copied into a `ChunkWriter`. */
const largeMin = 256;

/** A writer that keeps large byte strings as they are; they must not change until the chunks are written. */
export class ChunkWriter extends Writer {
  readonly #large: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #largeLength = 0;

  override bytes(value: Uint8Array): void {
    if (value.length < largeMin) {
      super.bytes(value);
    } else {
      this.#large.push({ at: super.length, bytes: value });
      this.#largeLength += value.length;
    }
  }

  override get length(): number {
    return super.length + this.#largeLength;
  }

  /** What has been written; the writer is not to be used after that. */
  chunks(): Chunks {
    const small = this.written();
    if (this.#large.length === 0) return { length: small.length, parts: [small] };
    const parts: Uint8Array[] = [];
    let start = 0;
    for (const { at, bytes } of this.#large) {
      if (at > start) parts.push(small.subarray(start, at));
      parts.push(bytes);
      start = at;
    }
    if (small.length > start) parts.push(small.subarray(start));
    return { length: this.length, parts };
  }
}

/** Copies chunks to the front of `target`, which has to have room. */
export function writeChunks(target: Uint8Array, { parts }: Chunks): void {
  let offset = 0;
  for (const part of parts) {
    target.set(part, offset);
    offset += part.length;
  }
}

/** Chunks in one array of their own. */
export function joinChunks(chunks: Chunks): Uint8Array {
  const joined = new Uint8Array(chunks.length);
  writeChunks(joined, chunks);
  return joined;
}
