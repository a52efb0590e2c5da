import { expect, test } from "vitest";
import { noble } from "./noble/provider.ts";
import { node } from "./node/provider.ts";
import { providers } from "./offers.ts";
import { primitives } from "./provider.ts";
import { simd } from "./simd/provider.ts";

test("this runtime has every provider's primitives, so that tests cover them all", () => {
  const offered = Object.fromEntries(
    providers.map(({ name, primitives }) => [name, Object.keys(primitives).length]),
  );
  expect(offered).toEqual({ node: 10, simd: 1, sodium: 1, noble: 11 });
});

test("the fastest are chosen: node's where it has one, and our own cipher", () => {
  expect(primitives).toEqual({ ...node.primitives, ...simd.primitives });
});

test("noble has them all, for runtimes without the others", () => {
  expect(Object.keys(noble.primitives).sort()).toEqual(Object.keys(primitives).sort());
});
