import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isNewEnough, nodeVersionMin } from "./version.ts";

it("the oldest Node that can run the relay is the one that the package asks for", () => {
  const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(engines.node).toBe(`>=${nodeVersionMin.join(".")}`);
});

it.each([
  ["22.18.0", true],
  ["24.0.0", true],
  ["100.1.0", true],
  ["22.17.9", false],
  ["20.20.2", false],
  ["8.99.0", false],
])("whether Node %s can run the relay: %s", (version, can) => expect(isNewEnough(version)).toBe(can));
