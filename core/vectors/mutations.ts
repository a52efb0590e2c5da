import { array, type Json, object, runVectors, type VectorChecks } from "./vectors.ts";

type Path = readonly (string | number)[];

/** How often the values of one place were changed, and how often a check found it. */
interface Tally {
  tries: number;
  seen: number;
}

/**
 * Changes the values of a vector file, one at a time. Values in the same place of vectors of one op belong together,
 * with `*` for any place in a list. Each change of an expected value has to be found; of an input one, as another may
 * give the same result. The inputs of what must be rejected are left alone: it is rejected when they change, too.
 * @param triesMax how many expected values of one place are changed
 * @returns the places where changes are not found, as `op: input.path` or `op: output.path`
 */
export function unseenMutations(file: unknown, checks: VectorChecks, triesMax: number): readonly string[] {
  const inputs = new Map<string, Tally>();
  const outputs = new Map<string, Tally>();
  for (const vector of array(object(file)["vectors"]).map(object)) {
    for (const path of leavesOf({ input: vector["input"], output: vector["output"] })) {
      const isInput = path[0] === "input";
      if (isInput && isRejected(object(vector["output"]))) continue;
      const tally = tallyOf(isInput ? inputs : outputs, placeOf(object(vector["input"]), path));
      if (isInput ? tally.seen > 0 : tally.tries >= triesMax) continue;
      tally.tries++;
      if (runVectors({ vectors: [changed(vector, path)] }, checks).failures.length > 0) tally.seen++;
    }
  }
  const places = [
    ...[...inputs].filter(([, { seen }]) => seen === 0),
    ...[...outputs].filter(([, { tries, seen }]) => seen < tries),
  ];
  return places.map(([place]) => place);
}

function isRejected(output: Json): boolean {
  return output["decodes"] === false || "error" in output;
}

function placeOf(input: Json, path: Path): string {
  const names = path.map((part) => (typeof part === "number" ? "*" : part));
  return `${String(input["op"] ?? input["kind"])}: ${names.join(".")}`;
}

function tallyOf(tallies: Map<string, Tally>, place: string): Tally {
  const tally = tallies.get(place) ?? { tries: 0, seen: 0 };
  tallies.set(place, tally);
  return tally;
}

function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value) && value.length > 0)
    return value.flatMap((item, i) => leavesOf(item, [...path, i]));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, item]) => leavesOf(item, [...path, name]));
}

/** A copy with another value at `path`. */
function changed(value: unknown, [next, ...rest]: Path): unknown {
  if (next === undefined) return another(value);
  if (Array.isArray(value)) return value.map((item, i) => (i === next ? changed(item, rest) : item));
  const fields = object(value);
  return { ...fields, [next]: changed(fields[next], rest) };
}

/** A value of the same kind; an empty list is not empty, and of texts and bytes, one character in the middle is another. */
function another(value: unknown): unknown {
  if (Array.isArray(value)) return ["00"];
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (typeof value !== "string" || value === "") return "00";
  const middle = Math.floor(value.length / 2);
  return value.slice(0, middle) + (value[middle] === "0" ? "1" : "0") + value.slice(middle + 1);
}
