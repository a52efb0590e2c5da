import { expect, test } from "vitest";
import { unseenMutations } from "./mutations.ts";
import { expectSame, integer, type VectorChecks } from "./vectors.ts";

const input = { op: "sum", numbers: [1, 2], unit: "m" };
const file = { vectors: [{ name: "a", input, output: { sum: 3, digits: 1, parts: [], text: null } }] };

test("values that a check does not look at are told by their places", () => {
  const checks: VectorChecks = {
    sum: ({ input: { numbers }, output }) => {
      const [a, b] = Array.isArray(numbers) ? numbers.map(integer) : [];
      expectSame((a ?? 0) + (b ?? 0), output["sum"]);
    },
  };
  const unseen = ["sum: input.unit", "sum: output.digits", "sum: output.parts", "sum: output.text"];
  expect(unseenMutations(file, checks, 1)).toEqual(unseen);
});

test("nothing is told when all values are looked at", () => {
  const { vectors } = file;
  const sum: VectorChecks["sum"] = (vector) => expectSame(vector, vectors[0]);
  expect(unseenMutations(file, { sum }, 1)).toEqual([]);
});

test("an expected value has to be looked at in each vector, an input in one", () => {
  const outputs = [{ text: "a" }, { text: "b" }];
  const vectors = outputs.map((output, i) => ({ name: `${i}`, input: { op: "read", value: i }, output }));
  const checks: VectorChecks = {
    read: (vector) => {
      if (vector.name === "0") expectSame(vector, vectors[0]);
    },
  };
  expect(unseenMutations({ vectors }, checks, 1)).toEqual([]);
  expect(unseenMutations({ vectors }, checks, 2)).toEqual(["read: output.text"]);
});

test("the input of what must be rejected may change", () => {
  const vectors = [{ name: "bad", input: { op: "read", bytes: "00" }, output: { decodes: false } }];
  const read: VectorChecks["read"] = ({ output }) => expectSame(output["decodes"], false);
  expect(unseenMutations({ vectors }, { read }, 1)).toEqual([]);
});
