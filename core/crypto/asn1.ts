import { concat, DecodeError } from "../bytes/index.ts";

/** The DER tags that certificates and keys use. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of a constructed, context-specific element, such as `[3]` around extensions. */
export const contextTag = (number: number): number => 0xa0 | number;
/** The tag of a primitive, context-specific element. */
export const primitiveContextTag = (number: number): number => 0x80 | number;

/** Contents are at most this many bytes: lengths take one to three bytes. */
const contentLengthMax = 65_535;

/** One element: its tag, what is in it, and the whole of it. */
export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly der: Uint8Array;
}

/**
 * Reads DER elements (X.690) one after another: definite lengths in their shortest form, tags of one
 * byte, contents of at most 65,535 bytes, as views of the input. It never recurses by itself.
 */
export class DerReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The tag of the next element without reading it, or undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#offset];
  }

  /** The next element, whatever its tag. @throws DecodeError when it is not DER or exceeds the input */
  element(): Element {
    const start = this.#offset;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) this.fail("DER tag is longer than one byte");
    const length = this.#length();
    if (length > this.#bytes.length - this.#offset) this.fail("DER element is longer than its input");
    const content = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return { tag, content, der: this.#bytes.subarray(start, this.#offset) };
  }

  /** The next element, which must have `tag`. @throws DecodeError when it has not */
  expect(tag: number): Element {
    if (this.peek() !== tag) this.fail(`DER tag is ${this.peek() ?? "missing"}, not ${tag}`);
    return this.element();
  }

  /** Reads what is in the next element, which must have `tag`. @throws DecodeError when it has not */
  inside(tag: number): DerReader {
    return new DerReader(this.expect(tag).content);
  }

  /** The bytes of a BIT STRING of whole bytes. @throws DecodeError for another tag or unused bits */
  wholeBitString(): Uint8Array {
    const { content } = this.expect(tags.bitString);
    if (content[0] !== 0) this.fail("BIT STRING has not whole bytes");
    return content.subarray(1);
  }

  /** A DER BOOLEAN. @throws DecodeError for another tag, or a value other than 0 and 255 */
  boolean(): boolean {
    const { content } = this.expect(tags.boolean);
    const [value] = content;
    if (content.length !== 1 || (value !== 0 && value !== 0xff)) this.fail("BOOLEAN is neither 0 nor 255");
    return value === 0xff;
  }

  /** An INTEGER from 0 to 32,767. @throws DecodeError for another tag or value */
  smallInteger(): number {
    const { content } = this.expect(tags.integer);
    const [first, second] = content;
    if (first === undefined || content.length > 2 || first > 0x7f) this.fail("INTEGER is out of range");
    if (second === undefined) return first;
    if (first === 0 && second < 0x80) this.fail("INTEGER is not in its shortest form");
    return (first << 8) | second;
  }

  /** @throws DecodeError when input is left over */
  end(): void {
    if (this.#offset !== this.#bytes.length) this.fail("DER has more elements than it should");
  }

  /** @throws DecodeError always, with the present offset */
  fail(reason: string): never {
    throw new DecodeError(reason, this.#offset);
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) this.fail("DER element is cut off");
    this.#offset++;
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    if (first === 0x81) {
      const length = this.#byte();
      if (length < 0x80) this.fail("DER length is not in its shortest form");
      return length;
    }
    if (first !== 0x82) this.fail(`DER length is not definite or more than ${contentLengthMax}`);
    const length = (this.#byte() << 8) | this.#byte();
    if (length < 0x100) this.fail("DER length is not in its shortest form");
    return length;
  }
}

/** A DER element with `tag` around the parts. @throws RangeError when they exceed 65,535 bytes */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const { length } = content;
  if (length > contentLengthMax) throw new RangeError(`cannot encode DER: content is ${length} bytes`);
  const header =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length];
  return concat(Uint8Array.from(header), content);
}

/** A SEQUENCE of the parts. */
export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => element(tags.sequence, ...parts);

/** A BIT STRING of whole bytes. */
export const bitString = (bytes: Uint8Array): Uint8Array => element(tags.bitString, Uint8Array.of(0), bytes);
