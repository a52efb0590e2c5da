import { DecodeError } from "./errors.ts";

/**
 * Reads a byte array from front to back. Every read is bounded by what is left;
 * byte strings are views of the input, not copies.
 */
export class Reader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  /** One byte, 0 to 255. @throws DecodeError at the end of input */
  byte(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** The next byte without reading it, or undefined at the end of input. */
  peek(): number | undefined {
    return this.bytes[this.#offset];
  }

  /** @throws DecodeError when fewer than 2 bytes are left */
  word16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  /** @throws DecodeError when fewer than 4 bytes are left */
  word32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** @throws DecodeError when fewer than 8 bytes are left */
  int64(): bigint {
    return this.#view.getBigInt64(this.#advance(8));
  }

  /** A view of the next `length` bytes. @throws DecodeError when fewer are left */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.bytes.subarray(start, start + length);
  }

  /** A view of all that is left, which may be nothing. */
  rest(): Uint8Array {
    return this.take(this.remaining);
  }

  /** @throws DecodeError when input is left over */
  end(): void {
    if (this.remaining !== 0) this.fail(`${this.remaining} bytes are left over`);
  }

  /** @throws DecodeError always, with the present offset */
  fail(reason: string): never {
    throw new DecodeError(reason, this.#offset);
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (length > this.bytes.length - start) {
      this.fail(`${length} bytes are due, ${this.remaining} are left`);
    }
    this.#offset = start + length;
    return start;
  }
}
