import { describe, expect, test } from "vitest";
import { importDirection, importsOf, noEscapes, owners, purity, wholeTests } from "./rules.ts";

describe("importsOf", () => {
  test("finds static, type, side-effect, re-exporting and dynamic imports, over several lines", () => {
    const text = `import a from "./a.ts";
import type { B } from "./b.ts"; import "./c.ts";
import {
  d,
  e,
} from "./d.ts";
export * from "./f.ts";
export { g } from './g.ts';
const h = await import("./h.ts");
// import i from "./i.ts";
/* import j from "./j.ts"; */
export const from = "not an import";`;
    expect(importsOf(text)).toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./f.ts", "./g.ts", "./h.ts"]);
  });
});

describe("importDirection", () => {
  const check = (path: string, target: string): readonly string[] =>
    importDirection({ path, text: `import { x } from "${target}";` });

  test("lets imports go down the picture and within a part", () => {
    expect(check("core/smp/client/pool.ts", "../../bytes/index.ts")).toEqual([]);
    expect(check("core/smp/command.ts", "./ids.ts")).toEqual([]);
    expect(check("relay/session.ts", "../core/smp/command.ts")).toEqual([]);
    expect(check("tui/main.ts", "react")).toEqual([]);
  });

  test("names imports that go up or across it", () => {
    expect(check("core/bytes/reader.ts", "../crypto/hash.ts")).toEqual([
      "imports core/crypto/hash.ts, which core/bytes may not",
    ]);
    expect(check("relay/session.ts", "../core/agent/agent.ts")).toHaveLength(1);
    expect(check("core/smp/client/client.ts", "../../agent/agent.ts")).toHaveLength(1);
  });

  test("lets tests import anything, and the program no tests", () => {
    expect(check("core/bytes/reader.test.ts", "../agent/agent.ts")).toEqual([]);
    expect(check("core/store/memory.ts", "./store.conformance.ts")).toHaveLength(1);
    expect(check("core/agent/agent.ts", "../testing/fuzz.ts")).toHaveLength(1);
  });

  test("names a file that has no place in the picture", () => {
    expect(check("core/new/file.ts", "./other.ts")).toEqual(["core/new/file.ts is in no part of the design"]);
  });
});

describe("purity", () => {
  const check = (path: string, text: string): readonly string[] => purity({ path, text });

  test("bans ambient time, randomness, timers, consoles and runtime modules in the pure parts of core", () => {
    for (const text of [
      "Date.now()",
      "new Date()",
      "performance.now()",
      "Math.random()",
      "setTimeout(f, 1)",
      "console.log(1)",
      "process.exit()",
      "Deno.exit()",
      'import fs from "node:fs";',
    ]) {
      expect(check("core/agent/agent.ts", text)).toHaveLength(1);
      expect(check("core/agent/agent.test.ts", text)).toEqual([]);
      expect(check("relay/main.ts", text)).toEqual([]);
      expect(check("core/store/sqlite/open.ts", text)).toEqual([]);
    }
  });

  test("allows a given date, and words in comments", () => {
    expect(check("core/chat/time.ts", "new Date(1234).toISOString() // not Date.now()")).toEqual([]);
  });
});

test("owners names notes of work to do that have no issue", () => {
  const mark = "TO" + "DO";
  expect(owners({ path: "a.ts", text: `// ${mark} later` })).toHaveLength(1);
  expect(owners({ path: "a.ts", text: `// ${mark}(#7) later` })).toEqual([]);
});

test("wholeTests names tests that are left out or run alone", () => {
  const alone = `test.${"only"}("x", () => {})`;
  expect(wholeTests({ path: "a.test.ts", text: alone })).toEqual(["has a test marked only"]);
  expect(wholeTests({ path: "a.ts", text: alone })).toEqual([]);
});

test("noEscapes names what turns the type checker off", () => {
  expect(noEscapes({ path: "a.ts", text: `// @ts-${"ignore"}` })).toHaveLength(1);
  expect(noEscapes({ path: "a.ts", text: "const a = b as Foo;" })).toEqual([]);
});
