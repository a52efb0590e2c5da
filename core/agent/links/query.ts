import { utf8Encode } from "../../bytes/index.ts";

const unreserved = /^[A-Za-z0-9\-_.~]$/;

/** Parameters after `?`, in their order, percent-encoded: everything but letters, digits and `-_.~`. */
export function formatQuery(parameters: readonly (readonly [string, string])[]): string {
  return parameters.map(([name, value]) => `${escapeText(name)}=${escapeText(value)}`).join("&");
}

function escapeText(text: string): string {
  let escaped = "";
  for (const byte of utf8Encode(text)) {
    const char = String.fromCharCode(byte);
    escaped += unreserved.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The parameters of a query by name; the first of a name counts, those we don't know are there all the same.
 * They are separated by `&` or `;`; what is not well-formed percent-encoding stays as it is.
 */
export function parseQuery(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of query.split(/[&;]/)) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = unescapeText(equals === -1 ? part : part.slice(0, equals));
    if (!parameters.has(name))
      parameters.set(name, equals === -1 ? "" : unescapeText(part.slice(equals + 1)));
  }
  return parameters;
}

function unescapeText(text: string): string {
  const spaced = text.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  const bytes: number[] = [];
  for (let i = 0; i < spaced.length; i++) {
    const digits = spaced.slice(i + 1, i + 3);
    if (spaced[i] === "%" && /^[0-9a-fA-F]{2}$/.test(digits)) {
      bytes.push(Number.parseInt(digits, 16));
      i += 2;
    } else {
      const code = spaced.codePointAt(i) ?? 0;
      bytes.push(...utf8Encode(String.fromCodePoint(code)));
      if (code > 0xffff) i++;
    }
  }
  return lenientDecoder.decode(Uint8Array.from(bytes));
}
