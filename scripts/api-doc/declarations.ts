/** Something that a source file exports, or a member of it, as it is written there. */
export interface Declaration {
  readonly name: string;
  /** The text of the comment before it, without its marks; "" when there is none. */
  readonly doc: string;
  /** From its first word to its end. */
  readonly code: string;
}

/**
 * The exported interfaces, types and constants of a formatted source text, in its order. It reads what biome has
 * formatted: a declaration begins a line and ends at the first line end without open brackets.
 */
export function declarationsOf(source: string): readonly Declaration[] {
  return split(source, "").flatMap((part) => {
    const [, name] = /^export (?:interface|type|const) (\w+)/.exec(part.code) ?? [];
    return name === undefined ? [] : [{ ...part, name }];
  });
}

/** The members of an interface, or of an object, with their comments. */
export function membersOf({ code }: Declaration): readonly Declaration[] {
  const body = code.slice(code.indexOf("{\n") + 2, code.lastIndexOf("\n}"));
  return split(body, "  ").map((part) => {
    const [, name = ""] = /^(?:readonly )?(\w+)/.exec(part.code) ?? [];
    return { ...part, name };
  });
}

/** The comment at the top of a file that has one. */
export function fileDoc(source: string): string {
  return source.startsWith("/**") ? textOf(source.slice(0, source.indexOf("*/") + 2)) : "";
}

function split(source: string, indent: string): readonly Omit<Declaration, "name">[] {
  const parts: { doc: string; code: string }[] = [];
  let [doc, code] = ["", ""];
  let inComment = false;
  for (const line of source.split("\n")) {
    const text = line.startsWith(indent) ? line.slice(indent.length) : line;
    if (code === "" && (inComment || text.startsWith("/**"))) {
      doc = text.startsWith("/**") ? text : `${doc}\n${text}`;
      inComment = !text.endsWith("*/");
      continue;
    }
    if (code === "" && text.trim() === "") {
      doc = "";
      continue;
    }
    code += code === "" ? text : `\n${text}`;
    if ((/[;,]$/.test(text) || text === "}") && depthOf(code) === 0) {
      parts.push({ doc: textOf(doc), code });
      [doc, code] = ["", ""];
    }
  }
  return parts;
}

function depthOf(code: string): number {
  const plain = code.replace(/\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"/g, "");
  return (plain.match(/[({[]/g) ?? []).length - (plain.match(/[)}\]]/g) ?? []).length;
}

function textOf(comment: string): string {
  return comment
    .replace(/^\s*\/\*\*/, "")
    .replace(/\*\/\s*$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .replace(/\s*@throws /, "\n\nErrors: ")
    .trim();
}
