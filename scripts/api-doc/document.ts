import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chatErrorCodes } from "../../core/chat/api.ts";
import { type Declaration, declarationsOf, fileDoc, membersOf } from "./declarations.ts";

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../core/chat/${name}`, import.meta.url)), "utf8");

/** The description of the chat API, made of its types and their comments. */
export function apiDocument(): string {
  const api = read("api.ts");
  const declarations = declarationsOf(api);
  const constants = declarations.filter(({ code }) => code.startsWith("export const"));
  return [
    "# The chat API",
    "",
    "Made by `npm run api-doc` from `api.ts` and the files beside it; a test tells when it is out of date.",
    "",
    usage,
    "",
    "## Methods",
    "",
    fileDoc(api)
      .split("\n\n")
      .filter((paragraph) => paragraph.startsWith("Every method"))
      .join("\n\n"),
    "",
    ...methods(declarations),
    "## Limits",
    "",
    ...constants.map(({ doc, code }) => `- \`${code.replace(/^export const |;$/g, "")}\`: ${oneLine(doc)}`),
    "",
    "## Events",
    "",
    ...events(declarationsOf(read("api-events.ts"))),
    "## Errors",
    "",
    "The `code` of the error object is the number; `data.code` is the name. One-shot commands end with the exit code.",
    "",
    ...errors(declarationsOf(read("api-errors.ts"))),
    "",
    "## Types",
    "",
    fileDoc(read("api-types.ts")),
    "",
    ...declarationsOf(read("api-types.ts")).flatMap(({ name, doc, code }) => [
      `### ${name}`,
      "",
      ...(doc === "" ? [] : [doc, ""]),
      ...block(plain(code)),
    ]),
  ]
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()
    .concat("\n");
}

const usage = `\`sotto rpc\` speaks JSON-RPC 2.0 on standard input and output, one object a line:

\`\`\`
> {"jsonrpc":"2.0","id":1,"method":"profile.create","params":{"displayName":"Ada"}}
< {"jsonrpc":"2.0","method":"event","params":{"type":"profile.updated","profile":{"displayName":"Ada", ...}}}
< {"jsonrpc":"2.0","id":1,"result":{"displayName":"Ada", ...}}
> {"jsonrpc":"2.0","id":2,"method":"message.send","params":{"contactId":1,"text":"hello"}}
\`\`\`

Requests are carried out as they come; answers may come in another order. Batches (arrays) are answered by arrays, and
requests without an \`id\` not at all. A line is at most 1 MiB. At the end of the input everything is answered, and what
was sent reaches its relay, for which 30 seconds are waited (\`--timeout\`); then the program ends. Parameters that are
wrong are refused with \`-32602\` and the name of the field; there are no parameters that are ignored.`;

function methods(declarations: readonly Declaration[]): readonly string[] {
  const interfaces = new Map(declarations.map((one) => [one.name, one]));
  const chat = interfaces.get("Chat");
  if (chat === undefined) throw new Error("cannot describe the API: there is no interface Chat");
  return membersOf(chat).flatMap(({ name: group, code }) => {
    const [, type = ""] = /: (\w+Api);$/.exec(code) ?? [];
    const found = interfaces.get(type);
    if (found === undefined) return [];
    return membersOf(found).flatMap((member) => method(group, member));
  });
}

function method(group: string, { name, doc, code }: Declaration): readonly string[] {
  const [, params = "", result = ""] = /^\w+\(([\s\S]*?),?\s*\): Promise<([\s\S]*?),?\s*>;$/.exec(code) ?? [];
  if (result === "") throw new Error(`cannot describe ${group}.${name}: it is not (params): Promise`);
  return [
    `### ${group}.${name}`,
    "",
    ...(doc === "" ? [] : [doc, ""]),
    ...block(
      [
        ...(params === "" ? [] : [`params: ${dedent(plain(params).replace(/^\s*params: /, ""))}`]),
        `result: ${dedent(plain(result).trim())}`,
      ].join("\n"),
    ),
  ];
}

function events(declarations: readonly Declaration[]): readonly string[] {
  const union = declarations.find(({ name }) => name === "ChatEvent");
  if (union === undefined) throw new Error("cannot describe the API: there is no type ChatEvent");
  return [union.doc, "", ...block(plain(union.code))];
}

function errors(declarations: readonly Declaration[]): readonly string[] {
  const codes = declarations.find(({ name }) => name === "chatErrorCodes");
  if (codes === undefined) throw new Error("cannot describe the API: there is no chatErrorCodes");
  const docs = new Map(membersOf(codes).map(({ name, doc }) => [name, doc]));
  return [
    "| Name | Number | Exit code | Meaning |",
    "|---|---|---|---|",
    ...Object.entries(chatErrorCodes).map(
      ([name, { rpc, exit }]) => `| \`${name}\` | ${rpc} | ${exit} | ${oneLine(docs.get(name) ?? "")} |`,
    ),
  ];
}

function plain(code: string): string {
  return code.replaceAll("readonly ", "").replace(/^export /, "");
}

/** Takes the indentation of the last line, a closing bracket, off all lines but the first. */
function dedent(code: string): string {
  const [indent = ""] = /^ */.exec(code.split("\n").at(-1) ?? "") ?? [];
  return code.replaceAll(`\n${indent}`, "\n");
}

function block(code: string): readonly string[] {
  return ["```ts", code, "```", ""];
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " ");
}
