import { DecodeError } from "../../bytes/index.ts";

/** A name that stands for a contact or a public group, registered outside of this protocol. */
export interface SimplexName {
  readonly type: "contact" | "publicGroup";
  readonly registry: "simplex" | "testing" | "web";
  /** The registered name; of the web all of it. */
  readonly domain: string;
  /** From parent to child: `["b", "a"]` in `a.b.alice.simplex`. */
  readonly subDomain: readonly string[];
}

const prefix = "simplex:/name";
/** Letters and digits without Latin letters with accents, hyphens only between them. */
const label = /^(?:(?![\u00c0-\u024f])[\p{L}\p{N}])+(?:-(?:(?![\u00c0-\u024f])[\p{L}\p{N}])+)*$/u;

/** `simplex:/name@alice.simplex`, or `...#group.simplex`. */
export function formatSimplexName(name: SimplexName): string {
  return `${prefix}${sign(name)}${fullDomain(name)}`;
}

/** For people: `#group` for a public group without sub-domain, else `@` or `#` and the full name. */
export function shortSimplexName(name: SimplexName): string {
  const plain = name.type === "publicGroup" && name.registry === "simplex" && name.subDomain.length === 0;
  return `${sign(name)}${plain ? name.domain : fullDomain(name)}`;
}

function sign({ type }: SimplexName): string {
  return type === "contact" ? "@" : "#";
}

function fullDomain({ subDomain, domain, registry }: SimplexName): string {
  return [...subDomain.toReversed(), domain, ...(registry === "web" ? [] : [registry])].join(".");
}

/** @throws DecodeError when `text` is not such a name */
export function parseSimplexName(text: string): SimplexName {
  const rest = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const contact = rest.startsWith("@");
  const domain = contact || rest.startsWith("#") ? rest.slice(1) : rest;
  const labels = domain.split(".");
  if (!labels.every((one) => label.test(one)))
    throw new DecodeError("name has a character that names don't have");
  const type = contact ? "contact" : "publicGroup";
  const [last = "", name, ...subDomain] = labels.toReversed();
  if (name === undefined) {
    if (contact) throw new DecodeError("name has no domain");
    return { type, registry: "simplex", domain: last, subDomain: [] };
  }
  if (last === "simplex" || last === "testing") return { type, registry: last, domain: name, subDomain };
  return { type, registry: "web", domain, subDomain: [] };
}
