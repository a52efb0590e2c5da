import { DecodeError } from "./errors.ts";

const digits = "0123456789abcdef";

/** Lower-case hexadecimal digits, two a byte. */
export function hexEncode(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += digits.charAt(byte >> 4) + digits.charAt(byte & 15);
  return text;
}

/** @throws DecodeError when `text` is not an even number of hexadecimal digits */
export function hexDecode(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new DecodeError("odd number of hexadecimal digits", text.length);
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const pair = text.slice(2 * i, 2 * i + 2);
    if (!/^[0-9a-fA-F]{2}$/.test(pair)) throw new DecodeError("not a hexadecimal digit", 2 * i);
    bytes[i] = Number.parseInt(pair, 16);
  }
  return bytes;
}
