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
    const start = this.#grow(1);
    this.#view.setUint8(start, value);
  }

  /** @param value 0 to 65,535; the caller has checked */
  word16(value: number): void {
    const start = this.#grow(2);
    this.#view.setUint16(start, value);
  }

  /** @param value 0 to 2^32 - 1; the caller has checked */
  word32(value: number): void {
    const start = this.#grow(4);
    this.#view.setUint32(start, value);
  }

  /** @param value -2^63 to 2^63 - 1; the caller has checked */
  int64(value: bigint): void {
    const start = this.#grow(8);
    this.#view.setBigInt64(start, value);
  }

  bytes(value: Uint8Array): void {
    const start = this.#grow(value.length);
    this.#bytes.set(value, start);
  }

  /** What has been written: a view, valid until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Makes room; the fields are only right to read after it, as it may replace them. */
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
