import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { listenOn } from "../../core/transport/node/listen.ts";
import { blame, doorError } from "./blame.ts";
import { type DoorName, readSettings, SettingError } from "./settings.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** What the system says when nothing can listen there. */
async function refusal(port: number, host: string): Promise<unknown> {
  const server = createServer();
  cleanups.push(() => server.close());
  return listenOn(server, port, host).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** What the operator is told when a door cannot be opened. */
function told(door: DoorName, flags: Record<string, string>, error: unknown): string {
  const found = doorError(door, readSettings({ flags, environment: {}, file: undefined }), error);
  expect(found).toBeInstanceOf(SettingError);
  return found instanceof SettingError ? found.message : "";
}

describe("the error of a door that cannot be opened", () => {
  it("names the setting of its port when another program listens there", async () => {
    const server = createServer();
    cleanups.push(() => server.close());
    const port = await listenOn(server, 0, "127.0.0.1");
    const error = await refusal(port, "127.0.0.1");
    const flags = { port: "7001", "web-port": "7002", "haproxy-port": "7003" };
    expect(told("web", flags, error)).toBe(
      "cannot open web door: cannot use setting web-port: 7002 is in use by another program",
    );
    expect(told("haproxy", flags, error)).toContain("setting haproxy-port: 7003 is in use");
    expect(told("tls", flags, error)).toContain("setting tls-port: 7001 (that of setting port) is in use");
    expect(told("tls", {}, error)).toContain("setting tls-port: 5223 is in use");
  });

  it("names the setting of its address when that is not of this machine, or leads nowhere", async () => {
    const foreign = await refusal(0, "203.0.113.5");
    const flags = { listen: "203.0.113.5" };
    for (const door of ["tls", "web"] as const) {
      expect(told(door, flags, foreign)).toContain(
        "setting listen: 203.0.113.5 is not an address of this machine",
      );
    }
    const unknown = await refusal(0, "relay.invalid");
    const own = { "web-listen": "relay.invalid", "haproxy-listen": "relay.invalid" };
    expect(told("web", own, unknown)).toContain("setting web-listen: relay.invalid ");
    expect(told("haproxy", own, unknown)).toContain("setting haproxy-listen: relay.invalid ");
  });

  it("names the setting of its port when the user may not listen there", () => {
    const message = "listen EACCES: permission denied 0.0.0.0:443";
    const error = Object.assign(new Error(message), { code: "EACCES" });
    expect(told("web", { "web-port": "443" }, error)).toMatch(
      /setting web-port: 443 may not be listened on by this user$/,
    );
  });

  it("is left as it is when the system has no part in it", () => {
    const error = new Error("not of the system");
    expect(doorError("web", readSettings({ flags: {}, environment: {}, file: undefined }), error)).toBe(
      error,
    );
    const fail = (): never => {
      throw error;
    };
    expect(() => blame("setting data", fail)).toThrow(error);
  });
});
