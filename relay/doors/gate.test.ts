import { expect, it } from "vitest";
import { Gate } from "./gate.ts";

it("a gate lets as many of an address in as its bound, and others in place of those who left", () => {
  const gate = new Gate(2);
  const [first, second] = [gate.enter("a"), gate.enter("a")];
  expect(gate.enter("a")).toBe(false);
  expect(gate.enter("b")).not.toBe(false);
  if (first === false || second === false) throw new Error("gate is closed");
  first();
  expect(gate.enter("a")).not.toBe(false);
  expect(gate.enter("a")).toBe(false);
});

it("a gate without a bound lets everybody in", () => {
  const gate = new Gate(0);
  for (let count = 0; count < 100; count++) expect(gate.enter("a")).not.toBe(false);
});
