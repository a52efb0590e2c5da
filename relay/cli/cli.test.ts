import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { nodeRuntime } from "../node/runtime.ts";
import { describeSettings, settingNames } from "../settings/settings.ts";
import { temporaryFolder } from "../testing/process.ts";
import { runCli } from "./cli.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function folder(): string {
  const { path, remove } = temporaryFolder();
  cleanups.push(remove);
  return join(path, "data");
}

/** Runs a command line: what it printed, what it complained of, and its exit code if it ended itself. */
async function run(...args: string[]) {
  const printed: string[] = [];
  const complaints: string[] = [];
  let code: number | undefined;
  await runCli({
    ...nodeRuntime,
    args,
    environment: {},
    print: (text) => printed.push(text),
    printError: (text) => complaints.push(text),
    exit: (given) => {
      code = given;
      return undefined as never;
    },
  });
  return { printed: printed.join("\n"), complaint: complaints.join("\n"), code };
}

describe("the command line", () => {
  it.each([["help"], ["--help"], ["-h"], ["start", "--help"]])(
    "explains itself for %s %s",
    async (...args) => {
      const { printed, code } = await run(...args.filter((arg) => arg !== undefined));
      expect(printed).toContain("usage: npx sotto relay");
      for (const name of settingNames) expect(printed).toContain(`--${name} `);
      expect(printed).toContain(describeSettings());
      expect(code).toBeUndefined();
    },
  );

  it.each([
    [["nosuch"], "cannot run nosuch"],
    [["toString"], "cannot run toString"],
    [["start", "--nosuch", "1"], "cannot use flag --nosuch"],
    [["start", "--host"], "cannot use flag --host: its value is missing"],
    [["start", "--host", "--metrics", "on"], "cannot use flag --host: its value is missing"],
    [["start", "--queue-quota", "many"], "cannot use setting queue-quota"],
    [["start", "--config", "/nosuch.conf"], "cannot use flag --config: /nosuch.conf is missing"],
    [["start", "--store", "kv"], "cannot use setting store"],
    [["start", "--web-cert", "/nosuch.pem"], "cannot use setting web-cert: /nosuch.pem is missing"],
    [["start", "--web-key", "/nosuch.pem"], "cannot use setting web-cert"],
    [
      ["start", "--web-cert", "package.json", "--web-key", "package.json"],
      "cannot use settings web-cert and web-key",
    ],
    [
      ["start", "--listen", "203.0.113.5"],
      "cannot open tls door: cannot use setting listen: 203.0.113.5 is not",
    ],
    [["start", "--port", "99999"], "cannot use setting port (flag --port)"],
    [["start", "8080"], 'cannot run start: "8080" is a word too many'],
    [["stats", "all"], 'cannot run stats: "all" is a word too many'],
    [["address"], "start and init make one"],
    [["rotate-certificate"], "start and init make one"],
    [["init", "--algorithm", "RSA"], "cannot use flag --algorithm"],
    [["init", "--import", "/nosuch"], "/nosuch/ca.crt is missing"],
    [["stats"], "no relay has run"],
    [["block", "AAAA"], "no relay has run"],
    [["block"], "cannot block queue: give one queue id"],
    [["unblock", "AAAA", "AAAA"], "cannot unblock queue: give one queue id"],
    [["block", "!"], "is not base64url"],
    [["block", "AAAA", "--reason", "mood"], "cannot use flag --reason"],
    [["import-log"], "give one file"],
    [["import-log", "/nosuch"], "/nosuch is missing"],
  ])("says in one line what is wrong with %j", async (args, complaint) => {
    const data = folder();
    const result = await run(...args, "--data", data, "--tls-port", "0", "--web-port", "0");
    expect(result.complaint).toContain(complaint);
    expect(result.complaint).not.toContain("\n");
    expect(result.code).toBe(1);
    const isStart = args[0] === "start";
    expect(existsSync(data) && !isStart).toBe(false);
  });

  it.each([["start"], ["init"]])("names the data setting when it is no folder (%s)", async (command) => {
    const data = folder();
    writeFileSync(data, "");
    const told = await run(command, "--data", data);
    expect(told).toMatchObject({ complaint: `cannot use setting data: ${data} is not a folder`, code: 1 });
    const below = await run(command, "--data", join(data, "below"));
    expect(below.complaint).toMatch(/^cannot use setting data: ENOTDIR: [^\n]*$/);
  });

  it("names the data setting when what is in it cannot be read or written", async () => {
    const data = folder();
    await run("init", "--data", data);
    mkdirSync(join(data, "relay.db"));
    const store = await run("start", "--data", data, "--tls-port", "0", "--web-port", "0");
    expect(store.complaint).toMatch(/^cannot use setting data: EISDIR: .*relay\.db'$/);
    rmSync(join(data, "identity/server.key"));
    mkdirSync(join(data, "identity/server.key"));
    const identity = await run("address", "--data", data);
    expect(identity.complaint).toMatch(/^cannot use setting data: EISDIR: /);
    expect((await run("rotate-certificate", "--data", data)).complaint).toMatch(/^cannot use setting data: /);
  });

  it("makes an identity once, and tells its address", async () => {
    const data = folder();
    const made = await run("init", "--data", data, "--host", "relay.example.org", "--algorithm", "Ed25519");
    expect(made.printed).toMatch(/^smp:\/\/[\w-]{43}=@relay\.example\.org\n/);
    const { printed } = await run("address", "--data", data, "--host", "relay.example.org");
    expect(printed).toBe(made.printed);
    expect((await run("init", "--data", data)).complaint).toContain("has one already");
    expect(readdirSync(join(data, "identity")).sort()).toEqual([
      "ca.crt",
      "ca.key",
      "server.crt",
      "server.key",
    ]);
  });

  it("makes the online certificate anew from ca.key, and never puts another identity over a part of one", async () => {
    const data = folder();
    const { printed } = await run("init", "--data", data, "--algorithm", "Ed25519");
    const file = (name: string): string => join(data, "identity", name);
    const authorityKey = readFileSync(file("ca.key"), "utf8");
    for (const name of ["server.crt", "server.key"]) rmSync(file(name));
    expect((await run("start", "--data", data)).complaint).toContain("rotate-certificate makes it anew");
    expect((await run("init", "--data", data)).complaint).toContain("has one already");
    expect(readFileSync(file("ca.key"), "utf8")).toBe(authorityKey);
    expect((await run("rotate-certificate", "--data", data)).printed).toContain("new certificate");
    expect((await run("address", "--data", data)).printed).toBe(printed);
    rmSync(file("ca.key"));
    expect((await run("rotate-certificate", "--data", data)).complaint).toContain("ca.key is missing");
  });

  it("takes the identity of another server with its address", async () => {
    const [theirs, ours] = [folder(), folder()];
    const { printed } = await run(
      "init",
      "--data",
      theirs,
      "--host",
      "relay.example.org",
      "--algorithm",
      "Ed448",
    );
    const imported = await run(
      ...["init", "--data", ours, "--host", "relay.example.org", "--import", join(theirs, "identity")],
    );
    expect(imported.printed).toBe(printed);
  });
});
