import { expect, test } from "vitest";
import { parseOptions, splitCommand } from "./options.ts";

test("the command is the first word that is no option and no value of one", () => {
  const cases: [line: string, command: string | undefined, before: string, after: string][] = [
    ["", undefined, "", ""],
    ["--json", undefined, "--json", ""],
    ["send a b", "send", "", "a b"],
    ["--profile second send a --json", "send", "--profile second", "a --json"],
    ["--profile=second send", "send", "--profile=second", ""],
    ["--json send", "send", "--json", ""],
    ["--data /tmp --profile x", undefined, "--data /tmp --profile x", ""],
    ["relay start --port 1", "relay", "", "start --port 1"],
  ];
  const words = (line: string): string[] => line.split(" ").filter((word) => word !== "");
  for (const [line, command, before, after] of cases) {
    expect(splitCommand(words(line)), line).toEqual({ command, before: words(before), after: words(after) });
  }
});

test("values are parsed, and what they can't be is told", () => {
  const table = {
    limit: { value: "N", help: "" },
    wait: { help: "" },
    relay: { value: "R", multiple: true, help: "" },
  };
  const { values, positionals } = parseOptions(table, [
    "a",
    "--limit",
    "5",
    "-",
    "--wait",
    "--relay",
    "x",
    "--relay=y",
    "--",
    "--z",
  ]);
  expect(positionals).toEqual(["a", "-", "--z"]);
  expect(values.whole("limit", 1, 9)).toBe(5);
  expect(() => values.whole("limit", 6, 9)).toThrow("--limit must be a whole number from 6 to 9.");
  expect([values.flag("wait"), values.flag("json"), values.texts("relay")]).toEqual([
    true,
    false,
    ["x", "y"],
  ]);
  for (const args of [["--nope"], ["--limit"], ["--wait=1"], ["-x"]]) {
    expect(() => parseOptions(table, args), args.join(" ")).toThrow(/^[^\n]+\.$/);
  }
});

test("durations are seconds unless they say otherwise", () => {
  const duration = (text: string) =>
    parseOptions({ t: { value: "T", help: "" } }, ["--t", text]).values.durationMs("t");
  expect(["0", "5", "30s", "2m", "1h"].map(duration)).toEqual([0, 5000, 30_000, 120_000, 3_600_000]);
  for (const bad of ["", "s", "1d", "1.5", "9999999999"])
    expect(() => duration(bad), bad).toThrow("duration");
});
