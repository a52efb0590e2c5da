import { DecodeError } from "./errors.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const invalid = 0xff;
const values = new Uint8Array(128).fill(invalid);
for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;

/** base64url (RFC 4648, section 5) with padding, as the protocols write it. */
export function base64urlEncode(bytes: Uint8Array): string {
  const text = base64urlEncodeUnpadded(bytes);
  return text + "=".repeat((4 - (text.length % 4)) % 4);
}

/** base64url without padding, as short links write it. */
export function base64urlEncodeUnpadded(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0x3fff;
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += alphabet.charAt((bits >> count) & 63);
    }
  }
  return count === 0 ? text : text + alphabet.charAt((bits << (6 - count)) & 63);
}

/**
 * Reads base64url with all its padding or with none.
 * @throws DecodeError for other characters, partial padding, an impossible length, or unused bits that are not zero
 */
export function base64urlDecode(text: string): Uint8Array {
  const end = text.indexOf("=");
  const length = end === -1 ? text.length : end;
  if (end !== -1 && !(text.length % 4 === 0 && /^={1,2}$/.test(text.slice(end)))) {
    throw new DecodeError("base64url padding is not complete", end);
  }
  if (length % 4 === 1) throw new DecodeError("base64url has a character too many", length);
  const bytes = new Uint8Array((length * 3) >> 2);
  let bits = 0;
  let count = 0;
  let out = 0;
  for (let i = 0; i < length; i++) {
    const value = values[text.charCodeAt(i)] ?? invalid;
    if (value === invalid) throw new DecodeError("character is not of base64url", i);
    bits = ((bits << 6) | value) & 0x3fff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[out++] = (bits >> count) & 0xff;
    }
  }
  if ((bits & ((1 << count) - 1)) !== 0) throw new DecodeError("unused base64url bits are not zero", length);
  return bytes;
}
