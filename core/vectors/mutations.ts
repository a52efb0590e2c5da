import { array, object, runVectors, type VectorChecks } from "./vectors.ts";

type Path = readonly (string | number)[];

/** How many vectors with a value in the same place are tried: in some it may be that nothing depends on it. */
const triesMax = 3;

/**
 * Changes the expected values of a vector file, one at a time. Values in the same place of vectors of one op count as
 * one, with `*` for any place in a list. @returns the places, as `op: path`, where no check finds the change
 */
export function unseenMutations(file: unknown, checks: VectorChecks): readonly string[] {
  const tries = new Map<string, number>();
  const unseen = new Set<string>();
  for (const vector of array(object(file)["vectors"]).map(object)) {
    const input = object(vector["input"]);
    for (const path of leavesOf(vector["output"])) {
      const names = path.map((part) => (typeof part === "number" ? "*" : part));
      const place = `${String(input["op"] ?? input["kind"])}: ${names.join(".")}`;
      const tried = tries.get(place) ?? 0;
      if (tried > 0 && (tried >= triesMax || !unseen.has(place))) continue;
      tries.set(place, tried + 1);
      const mutated = { ...vector, output: changed(vector["output"], path) };
      if (runVectors({ vectors: [mutated] }, checks).failures.length > 0) unseen.delete(place);
      else unseen.add(place);
    }
  }
  return [...unseen];
}

function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => leavesOf(item, [...path, i]));
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([name, item]) => leavesOf(item, [...path, name]));
}

/** A copy with another value at `path`. */
function changed(value: unknown, [next, ...rest]: Path): unknown {
  if (next === undefined) return another(value);
  if (Array.isArray(value)) return value.map((item, i) => (i === next ? changed(item, rest) : item));
  const fields = object(value);
  return { ...fields, [next]: changed(fields[next], rest) };
}

/** A value of the same kind; of texts and bytes, one character in the middle is another. */
function another(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (typeof value !== "string" || value === "") return "00";
  const middle = Math.floor(value.length / 2);
  return value.slice(0, middle) + (value[middle] === "0" ? "1" : "0") + value.slice(middle + 1);
}
