const capacityStart = 256;

/** Appends to a byte array that grows as needed. */
export class Writer {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** @param capacity bytes to reserve; a good guess saves copies */
  constructor(capacity = capacityStart) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** @param value 0 to 255; the caller has checked */
  byte(value: number): void {
    this.#view.setUint8(this.#grow(1), value);
  }

  /** @param value 0 to 65,535; the caller has checked */
  word16(value: number): void {
    this.#view.setUint16(this.#grow(2), value);
  }

  /** @param value 0 to 2^32 - 1; the caller has checked */
  word32(value: number): void {
    this.#view.setUint32(this.#grow(4), value);
  }

  /** @param value -2^63 to 2^63 - 1; the caller has checked */
  int64(value: bigint): void {
    this.#view.setBigInt64(this.#grow(8), value);
  }

  bytes(value: Uint8Array): void {
    this.#bytes.set(value, this.#grow(value.length));
  }

  /** What has been written: a view, valid until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(by: number): number {
    const start = this.#length;
    const length = start + by;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = length;
    return start;
  }
}
