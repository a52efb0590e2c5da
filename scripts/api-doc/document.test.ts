import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { rpcMethods } from "../../core/chat/rpc/methods.ts";
import { declarationsOf, membersOf } from "./declarations.ts";
import { apiDocument } from "./document.ts";

test("API.md is what the types say: npm run api-doc writes it anew", () => {
  const path = fileURLToPath(new URL("../../core/chat/API.md", import.meta.url));
  expect(readFileSync(path, "utf8")).toBe(apiDocument());
});

test("every method of sotto rpc is described", () => {
  const described = Array.from(apiDocument().matchAll(/^### (\w+\.\w+)$/gm), ([, name]) => name);
  expect(described.sort()).toEqual(Object.keys(rpcMethods).sort());
});

test("declarations have their comment and all of their code", () => {
  const source = `/** Of the file. */

/** One
 *  of two. */
export type A =
  /** in it */
  | { readonly x: "}" }
  | { readonly y: 1 };
interface Hidden {
  z: 1;
}
export interface B {
  /** A method. @throws notFound */
  get(params: {
    readonly id: number;
  }): Promise<A>;
  readonly b?: string;
}
`;
  const [a, b] = declarationsOf(source);
  expect(a).toEqual({
    name: "A",
    doc: "One\n of two.",
    code: 'export type A =\n  /** in it */\n  | { readonly x: "}" }\n  | { readonly y: 1 };',
  });
  expect(b && membersOf(b)).toEqual([
    {
      name: "get",
      doc: "A method.\n\nErrors: notFound",
      code: "get(params: {\n  readonly id: number;\n}): Promise<A>;",
    },
    { name: "b", doc: "", code: "readonly b?: string;" },
  ]);
});
