import { expect, test } from "vitest";
import { noble } from "./noble/provider.ts";
import { primitives, providers } from "./provider.ts";

test("this runtime has every provider's primitives, so that tests cover them all", () => {
  const offered = Object.fromEntries(
    providers.map(({ name, primitives }) => [name, Object.keys(primitives).length]),
  );
  expect(offered).toEqual({ node: 10, sodium: 1, noble: 11 });
});

test("the fastest are chosen: node's where it has one, and sodium's cipher", () => {
  const [node, sodium] = providers;
  expect(primitives.x448).toBe(node?.primitives.x448);
  expect(primitives.sha256).toBe(node?.primitives.sha256);
  expect(primitives.xsalsa20Poly1305).toBe(sodium?.primitives.xsalsa20Poly1305);
});

test("noble has them all, for runtimes without the others", () => {
  expect(Object.keys(noble.primitives).sort()).toEqual(Object.keys(primitives).sort());
});
