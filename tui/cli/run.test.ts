import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "./run.ts";

let folder = "";
const key = "u2dS9sG8nMNURyZwqASV4yROM28Er0luVTx5X1CsMrU=";
const goneRelay = `smp://${key}@127.0.0.1:1`;
const linkAtGoneRelay = `simplex:/i#biOH5AzPLMohTszpWQuwLeUDkgqkHGY_/WgoSkJBHgnbj3YOcLi75CEyFFaRYgnK7KcJ8nXDjcQs?h=127.0.0.1&p=1&c=${key.slice(0, -1)}`;

/** Runs a command line in this process. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let [out, error] = ["", ""];
  const code = await runCommandLine({
    argv: ["--data", folder, ...args],
    env,
    signal: new AbortController().signal,
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
  });
  return { code, out, error };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sotto-cli-"));
  expect(await run(["profile", "create", "Ada"])).toMatchObject({ code: 0, out: "Ada\n" });
  expect(
    (await run(["--profile", "kept", "profile", "create", "K"], { SOTTO_NEW_PASSPHRASE: "secret" })).code,
  ).toBe(0);
  expect((await run(["backup", join(folder, "backup")], { SOTTO_NEW_PASSPHRASE: "other" })).code).toBe(0);
  writeFileSync(join(folder, "note.txt"), "not a backup");
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("what is wrong is told in one line, with an exit code, and nothing on standard output", () => {
  const cases: [args: string, code: number, says: string, env?: Record<string, string>][] = [
    ["", 2, "no terminal"],
    ["frobnicate", 2, 'no command "frobnicate"'],
    ["profile --nope", 2, "--nope"],
    ["--profile ../x contacts", 2, "name of a profile"],
    ["--profile", 2, "--profile"],
    ["--profile nobody contacts", 4, "sotto profile create"],
    ["profile create", 2, "name is missing"],
    ["profile create Again", 4, "exists already"],
    ["--data /dev/null/x profile create B", 42, "not a folder"],
    ["send", 2, "sotto send --help"],
    ["send nobody hello", 3, 'no contact "nobody"'],
    ["send a b c", 2, "too much"],
    ["messages nobody --limit many", 2, "--limit must be a whole number"],
    ["messages", 2, "contact is missing"],
    ["messages nobody", 3, 'no contact "nobody"'],
    ["invite --timeout soon", 2, "--timeout must be a duration"],
    ["invite", 22, "relay"],
    ["connect nonsense", 10, "link"],
    [`connect ${goneRelay}`, 10, "link"],
    ["connect https://relay.example/i#short", 10, "link"],
    [`connect ${linkAtGoneRelay}`, 20, "could not be reached"],
    ["relays add smp://relay", 2, "not the address of a relay"],
    [`relays add ${goneRelay}`, 20, "could not be reached"],
    ["relays remove relay.example", 3, "no relay"],
    ["relays frobnicate", 2, "it can list"],
    ["contacts accept x", 2, "not the number of a request"],
    ["contacts accept 9", 3, "request"],
    ["contacts verify nobody", 3, 'no contact "nobody"'],
    ["address", 3, "no address yet"],
    ["address set", 2, "--auto-accept"],
    ["backup", 2, "sotto backup --help"],
    ["backup FOLDER/backup", 42, "exists already", { SOTTO_NEW_PASSPHRASE: "p" }],
    ["backup FOLDER/none/backup", 3, "cannot write", { SOTTO_NEW_PASSPHRASE: "p" }],
    ["backup FOLDER/none/backup", 3, "no such file", { SOTTO_NEW_PASSPHRASE: "p" }],
    ["backup FOLDER/second", 40, "SOTTO_NEW_PASSPHRASE"],
    ["--profile new restore FOLDER/backup", 40, "passphrase is wrong", { SOTTO_PASSPHRASE: "secret" }],
    ["--profile new restore FOLDER/none", 3, "no such file", { SOTTO_PASSPHRASE: "p" }],
    ["--profile new restore FOLDER/note.txt", 44, "not a backup", { SOTTO_PASSPHRASE: "p" }],
    ["restore FOLDER/backup", 4, "exists already", { SOTTO_PASSPHRASE: "other" }],
    ["--profile kept contacts", 40, "SOTTO_PASSPHRASE"],
    ["--profile kept contacts", 40, "passphrase is wrong", { SOTTO_PASSPHRASE: "Secret" }],
    ["--profile kept --passphrase-fd 999 contacts", 2, "File descriptor 999"],
    ["--profile kept --passphrase-fd x contacts", 2, "--passphrase-fd must be a whole number"],
    [
      "--profile kept passphrase",
      2,
      "at least one character",
      { SOTTO_PASSPHRASE: "secret", SOTTO_NEW_PASSPHRASE: "" },
    ],
  ];
  test.each(cases)("sotto %s", async (args, code, says, env = {}) => {
    const words = args
      .split(" ")
      .filter((word) => word !== "")
      .map((word) => word.replace("FOLDER", folder));
    const ended = await run(words, env);
    expect(ended).toMatchObject({ code, out: "" });
    expect(ended.error).toMatch(/^sotto: [^\n]+\n$/);
    expect(ended.error).toContain(says);
    const asJson = await run([...words, "--json"], env);
    expect(asJson).toMatchObject({ code, out: "" });
    expect(JSON.parse(asJson.error)).toMatchObject({ error: { message: expect.stringContaining(says) } });
  });
});

test("control characters of a bad argument don't reach the terminal", async () => {
  const { error } = await run(["contacts", "a\x1b[31mb\nc\u202e"]);
  expect(error).toMatch(/^sotto: [ -~]+\n$/);
});

test("results are text for people and JSON for programs", async () => {
  expect((await run(["profile"])).out).toBe("Ada\n");
  expect(JSON.parse((await run(["profile", "--json"])).out)).toMatchObject({ displayName: "Ada" });
  expect(JSON.parse((await run(["--json", "contacts"])).out)).toEqual([]);
  expect((await run(["--version"])).out).toMatch(/^sotto \d+\.\d+\.\d+\n$/);
  expect((await run(["--help"])).out).toContain("sotto <command> --help");
  expect((await run(["send", "--help"])).out).toContain("send <contact> <text>");
});

test("a passphrase is set, needed from then on, and removed", async () => {
  const changed = await run(["passphrase"], { SOTTO_NEW_PASSPHRASE: "Pässword" });
  expect(changed).toMatchObject({ code: 0, out: "" });
  expect((await run(["profile"])).code).toBe(40);
  // The same letters typed on a keyboard that composes them otherwise.
  expect((await run(["profile"], { SOTTO_PASSPHRASE: "Pa\u0308ssword" })).out).toBe("Ada\n");
  expect((await run(["passphrase", "--remove"], { SOTTO_PASSPHRASE: "Pässword" })).code).toBe(0);
  expect((await run(["profile"])).out).toBe("Ada\n");
});

test("a backup becomes a profile that is opened with the passphrase of the backup", async () => {
  const restored = await run(["--profile", "again", "restore", join(folder, "backup")], {
    SOTTO_PASSPHRASE: "other",
  });
  expect(restored).toMatchObject({ code: 0, out: "" });
  expect((await run(["--profile", "again", "profile"], { SOTTO_PASSPHRASE: "other" })).out).toBe("Ada\n");
});
