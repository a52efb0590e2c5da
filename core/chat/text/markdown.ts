import type { TextSpan } from "../api.ts";

const styles: Readonly<Record<string, NonNullable<TextSpan["styles"]>[number]>> = {
  "*": "bold",
  _: "italic",
  "~": "strike",
  "`": "code",
  "#": "secret",
};

const colours: Readonly<Record<string, string>> = {
  "1": "red",
  "2": "green",
  "3": "blue",
  "4": "yellow",
  "5": "cyan",
  "6": "magenta",
  r: "red",
  g: "green",
  b: "blue",
  y: "yellow",
  c: "cyan",
  m: "magenta",
};

const linkPattern = /^(?:https?|simplex):\/\/?[^\s]+$/i;
const emailPattern = /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/;
const phonePattern = /^\+\d[\d() .-]{5,20}\d$/;
/** What ends a sentence and not a link. */
const trailing = /[.,;:!?)\]}'"]+$/;

/**
 * Takes a text apart into styled pieces, by the marks of the network's clients: `*bold*`, `_italic_`, `~strike~`,
 * `` `code` ``, `#secret#`, `!1 coloured!`, links, e-mail addresses and telephone numbers. A mark begins at the
 * beginning of a word, and holds no space at its inner ends. Undefined when the whole text is plain.
 */
export function textSpans(text: string): readonly TextSpan[] | undefined {
  const spans: TextSpan[] = [];
  let plain = "";
  const add = (span: TextSpan): void => {
    if (plain !== "") spans.push({ text: plain });
    plain = "";
    spans.push(span);
  };
  for (let at = 0; at < text.length; ) {
    const found = markedAt(text, at) ?? wordAt(text, at);
    if (found.span === undefined) plain += text.slice(at, at + found.length);
    else add(found.span);
    at += found.length;
  }
  if (spans.length === 0) return undefined;
  if (plain !== "") spans.push({ text: plain });
  return spans;
}

interface Found {
  readonly length: number;
  readonly span?: TextSpan;
}

function markedAt(text: string, at: number): Found | undefined {
  const mark = text.charAt(at);
  if (mark === "!") return colouredAt(text, at);
  const style = styles[mark];
  if (style === undefined) return undefined;
  const end = text.indexOf(mark, at + 1);
  const inner = text.slice(at + 1, end);
  if (end === -1 || inner === "" || inner.startsWith(" ") || inner.endsWith(" ")) return undefined;
  return { length: end + 1 - at, span: { text: inner, styles: [style] } };
}

function colouredAt(text: string, at: number): Found | undefined {
  const end = text.indexOf("!", at + 1);
  const match = end === -1 ? null : /^([1-6rgbycm-]) (.*)$/s.exec(text.slice(at + 1, end));
  const [, name = "", inner = ""] = match ?? [];
  if (match === null || inner === "" || inner.startsWith(" ") || inner.endsWith(" ")) return undefined;
  const colour = colours[name];
  const span: TextSpan = colour === undefined ? { text: inner, styles: ["small"] } : { text: inner, colour };
  return { length: end + 1 - at, span };
}

/** The word at `at` with the space behind it, or the link in front of it. */
function wordAt(text: string, at: number): Found {
  const phone = text.charAt(at) === "+" ? /^\+[\d() .-]*\d/.exec(text.slice(at, at + 24))?.[0] : undefined;
  if (phone !== undefined && phonePattern.test(phone)) {
    return { length: phone.length, span: { text: phone, link: `tel:${phone.replace(/[^+\d]/g, "")}` } };
  }
  const word = /^\S*/.exec(text.slice(at))?.[0] ?? "";
  const bare = word.replace(trailing, "");
  const link = linkPattern.test(bare) ? bare : emailPattern.test(bare) ? `mailto:${bare}` : undefined;
  if (link !== undefined) return { length: bare.length, span: { text: bare, link } };
  const spaces = /^\s*/.exec(text.slice(at + word.length))?.[0] ?? "";
  return { length: Math.max(1, word.length + spaces.length) };
}
