/** A source file: its path from the top of the repository, with `/`, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What is wrong with a file, in words. */
export type Rule = (file: SourceFile) => readonly string[];

/**
 * Which parts a part may import: the picture in the design, where imports go down only. The longest
 * prefix of a path names its part; tests, benches and the like may import anything.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "core/bytes": [],
  "core/clock": [],
  "core/crypto": ["core/bytes"],
  "core/store": ["core/bytes", "core/crypto"],
  "core/transport": ["core/bytes", "core/crypto", "core/clock", "core/smp"],
  "core/smp": ["core/bytes", "core/crypto", "core/clock", "core/transport"],
  "core/ratchet": ["core/bytes", "core/crypto"],
  "core/agent": [
    "core/bytes",
    "core/crypto",
    "core/clock",
    "core/store",
    "core/transport",
    "core/smp",
    "core/ratchet",
  ],
  "core/chat": ["core/bytes", "core/crypto", "core/clock", "core/store", "core/smp", "core/agent"],
  "core/simulator": ["core", "relay"],
  relay: ["core/bytes", "core/crypto", "core/clock", "core/transport", "core/smp"],
  tui: ["core", "relay"],
};

/** The parts of core that may use a runtime's own modules and ambient state, because that is what they are for. */
const runtimeParts = [
  "core/chat/node/",
  "core/clock/system.ts",
  "core/crypto/node/",
  "core/crypto/noble/",
  "core/crypto/sodium/",
  "core/crypto/random.ts",
  "core/store/sqlite/",
  "core/transport/node/",
  "core/transport/web/",
];

/** These rules and their tests have to write down what they look for. */
const ownFolder = "scripts/tidy/";

/** Files that are not part of the program: tests, benches, fuzz targets and what serves only them. */
export function isForTesting(path: string): boolean {
  return (
    /\.(test|bench|fuzz|check|conformance)\.tsx?$/.test(path) ||
    /^scripts\/|(^|\/)(testing|e2e|vectors|scenarios)\//.test(path)
  );
}

/** The file or package that each import, export-from or dynamic import of a source text names. */
export function importsOf(text: string): readonly string[] {
  const pattern =
    /(?:^|[\s;}])(?:import|export)\s(?:[^"'`;]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;
  return Array.from(withoutComments(text).matchAll(pattern), (match) => match[1] ?? match[2] ?? "");
}

/** Imports go down the picture of the design only. */
export const importDirection: Rule = ({ path, text }) => {
  if (isForTesting(path)) return [];
  const from = partOf(path);
  const allowed = from === undefined ? undefined : mayImport[from];
  if (from === undefined || allowed === undefined) return [`${path} is in no part of the design`];
  return importsOf(text)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => resolve(path, specifier))
    .filter((target) => isForTesting(target) || !isWithin(target, [from, ...allowed]))
    .map((target) => `imports ${target}, which ${from} may not`);
};

const ambient: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(\s*\)/, "the time (take a Clock)"],
  [/\bperformance\.now\b/, "the time (take a Clock)"],
  [/\bMath\.random\b/, "randomness (take a Random)"],
  [/\bcrypto\.getRandomValues\b/, "randomness (take a Random)"],
  [/\b(?:setTimeout|setInterval|setImmediate)\s*\(/, "timers (take a Clock)"],
  [/\bconsole\./, "the console"],
  [/\bprocess\.|\bDeno\./, "a runtime"],
];

/** The pure parts of core take clock, randomness, transport and store as parameters. */
export const purity: Rule = ({ path, text }) => {
  if (!path.startsWith("core/") || isForTesting(path)) return [];
  if (runtimeParts.some((part) => path.startsWith(part))) return [];
  const code = withoutComments(text);
  const modules = importsOf(text)
    .filter((specifier) => specifier.startsWith("node:") || specifier === "ws" || specifier === "socks")
    .map((specifier) => `imports ${specifier} in a pure part of core`);
  const uses = ambient
    .filter(([pattern]) => pattern.test(code))
    .map(([, what]) => `uses ${what} in a pure part of core`);
  return [...modules, ...uses];
};

/** Work left for later names the issue that owns it. */
export const owners: Rule = ({ path, text }) =>
  /\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))/.test(text) && !path.startsWith(ownFolder)
    ? ["has a note of work to do without its issue, as in (#12)"]
    : [];

/** No test is left out or runs alone. */
export const wholeTests: Rule = ({ path, text }) =>
  /\.test\.tsx?$/.test(path)
    ? Array.from(
        text.matchAll(/\b(?:test|it|describe)\.(skip|only|todo)\b/g),
        (match) => `has a test marked ${match[1]}`,
      )
    : [];

/** Casts that turn the type checker off. */
export const noEscapes: Rule = ({ path, text }) =>
  /@ts-(?:ignore|nocheck|expect-error)|\bas any\b/.test(text) && !path.startsWith(ownFolder)
    ? ["turns the type checker off"]
    : [];

export const rules: readonly Rule[] = [importDirection, purity, owners, wholeTests, noEscapes];

function partOf(path: string): string | undefined {
  return Object.keys(mayImport)
    .filter((part) => path.startsWith(`${part}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function isWithin(target: string, parts: readonly string[]): boolean {
  return parts.some((part) => target.startsWith(`${part}/`));
}

function resolve(path: string, specifier: string): string {
  const parts = path.split("/").slice(0, -1);
  for (const step of specifier.split("/")) {
    if (step === "..") parts.pop();
    else if (step !== ".") parts.push(step);
  }
  return parts.join("/");
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
}
