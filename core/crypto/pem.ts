import { DecodeError } from "../bytes/index.ts";

/** What PEM files of ours hold. */
export type PemLabel = "CERTIFICATE" | "PRIVATE KEY";

const lineLength = 64;
/** More than a chain of large certificates needs, in characters. */
const pemLengthMax = 262_144;

/** DER as text: base64 in lines of 64 characters between BEGIN and END (RFC 7468). */
export function encodePem(label: PemLabel, der: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...der));
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += lineLength) lines.push(base64.slice(at, at + lineLength));
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/**
 * All DER blocks with the label, in order; other text and blocks are passed over.
 * @throws DecodeError when there is none, base64 is malformed, or the text is longer than 262,144 characters
 */
export function decodePem(label: PemLabel, pem: string): readonly Uint8Array[] {
  if (pem.length > pemLengthMax) throw new DecodeError(`PEM is longer than ${pemLengthMax} characters`);
  const blocks: Uint8Array[] = [];
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  for (let at = pem.indexOf(begin); at !== -1; at = pem.indexOf(begin, at)) {
    const start = at + begin.length;
    const stop = pem.indexOf(end, start);
    if (stop === -1) throw new DecodeError(`PEM ${label} has no end`, at);
    blocks.push(decodeBase64(pem.slice(start, stop), start));
    at = stop + end.length;
  }
  if (blocks.length === 0) throw new DecodeError(`PEM has no ${label}`);
  return blocks;
}

function decodeBase64(text: string, offset: number): Uint8Array {
  const base64 = text.replace(/[\r\n\t ]/g, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
    throw new DecodeError("PEM is not base64", offset);
  }
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
