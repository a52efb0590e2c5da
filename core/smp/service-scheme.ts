import { DecodeError } from "../bytes/index.ts";

/** What a link begins with: the scheme that an app registers, or a web site that shows how to get the app. */
export type ServiceScheme =
  | { readonly type: "simplex" }
  | { readonly type: "https"; readonly host: string; readonly port: string };

/** `simplex:` or `https://host[:port]`. */
export function formatServiceScheme(scheme: ServiceScheme): string {
  if (scheme.type === "simplex") return "simplex:";
  return `https://${scheme.host}${scheme.port === "" ? "" : `:${scheme.port}`}`;
}

const prefix = /^(?:simplex:|https:\/\/([A-Za-z0-9._-]+)(?::(\d{1,15}))?)/;

/** Reads the scheme that `text` begins with. @throws DecodeError when it begins with neither of them */
export function parseServiceSchemePrefix(text: string): {
  readonly scheme: ServiceScheme;
  readonly rest: string;
} {
  const match = prefix.exec(text);
  if (match === null) throw new DecodeError("link begins with neither simplex: nor https://");
  const [all, host, port] = match;
  const rest = text.slice(all.length);
  if (host === undefined) return { scheme: { type: "simplex" }, rest };
  return { scheme: { type: "https", host, port: port === undefined ? "" : `${Number(port)}` }, rest };
}
