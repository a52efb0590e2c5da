import { afterEach, describe, expect, test, vi } from "vitest";
import { noble } from "./noble/provider.ts";
import { node } from "./node/provider.ts";
import { providers } from "./offers.ts";
import { primitives } from "./provider.ts";
import { sodium } from "./sodium/provider.ts";

test("this runtime has every provider's primitives, so that tests cover them all", () => {
  const offered = Object.fromEntries(
    providers.map(({ name, primitives }) => [name, Object.keys(primitives).length]),
  );
  expect(offered).toEqual({ sodium: 3, node: 10, simd: 1, noble: 11 });
});

test("the fastest are chosen: those of native libsodium, and node's for what that lacks", () => {
  expect(primitives).toEqual({ ...node.primitives, ...sodium.primitives });
});

test("noble has them all, for runtimes without the others", () => {
  expect(Object.keys(noble.primitives).sort()).toEqual(Object.keys(primitives).sort());
});

describe("a runtime without node's modules", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  /** What is chosen when `provider.ts` is loaded anew. */
  async function chosenAnew(): Promise<Record<string, unknown>> {
    vi.resetModules();
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    const { primitives } = await import("./provider.ts");
    return { ...primitives };
  }

  test("uses noble's, and our own cipher", async () => {
    const chosen = await chosenAnew();
    const [{ noble }, { simd }] = [await import("./noble/provider.ts"), await import("./simd/provider.ts")];
    expect(chosen).toEqual({ ...noble.primitives, ...simd.primitives });
  });

  test("and without WebAssembly still has them all", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    const chosen = await chosenAnew();
    const { simd } = await import("./simd/provider.ts");
    expect(simd.primitives).toEqual({});
    expect(Object.keys(chosen).sort()).toEqual(Object.keys(noble.primitives).sort());
  });
});
