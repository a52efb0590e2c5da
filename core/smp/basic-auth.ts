import { type Codec, DecodeError, refined, shortBytes, utf8Decode, utf8Encode } from "../bytes/index.ts";

const forbidden = new Set(utf8Encode("@:/"));

/** Whether a byte may be part of a relay's password: printable in ISO 8859-1, not a space, `@`, `:` or `/`. */
function isPasswordByte(byte: number): boolean {
  const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return printable && !forbidden.has(byte);
}

function problem(password: Uint8Array): string | undefined {
  return password.every(isPasswordByte) ? undefined : "password has a character that is not allowed";
}

/** The password that a relay may ask for in NEW and PRXY. */
export const basicAuth: Codec<Uint8Array> = refined(shortBytes, problem);

/** A password as it stands in a relay address. @throws DecodeError when it is empty or has a character that is not allowed */
export function parseBasicAuth(text: string): Uint8Array {
  const password = utf8Encode(text);
  const reason = password.length === 0 ? "password is empty" : problem(password);
  if (reason !== undefined) throw new DecodeError(reason);
  return password;
}

/** The password as text, for a relay address: not to be shown or logged. @throws DecodeError when it is not UTF-8 */
export function formatBasicAuth(password: Uint8Array): string {
  return utf8Decode(password);
}
