import { describe, expect, it } from "vitest";
import { limitDefaults } from "./limits.ts";
import { limitsOf, readSettings, type SettingSources, settingNames, variableOf } from "./settings.ts";

const read = (sources: Partial<SettingSources> = {}) =>
  readSettings({ flags: {}, environment: {}, file: undefined, ...sources });

describe("settings", () => {
  it("have a value without any source, and the limits theirs", () => {
    expect(limitsOf(read())).toEqual(limitDefaults);
    expect(read()).toMatchObject({
      store: undefined,
      "new-queues": true,
      metrics: false,
      password: undefined,
    });
  });

  it("set each limit, as a flag, a variable or a line of the file", () => {
    const texts = Object.entries({
      "queue-quota": "1",
      "message-ttl": "2s",
      "notification-ttl": "3s",
      "notification-quota": "4",
      "suspended-ttl": "5s",
      "expiry-interval": "6s",
      "handshake-timeout": "7s",
      "idle-timeout": "8s",
      "slow-reader-timeout": "9s",
      "sweep-interval": "10s",
      "max-connections": "11",
      "max-connections-per-address": "12",
      "new-queues-per-minute": "13",
      "new-queues-burst": "14",
      "max-subscriptions": "15",
      "max-proxied-commands": "16",
      "max-proxy-connections": "17",
      "max-proxy-connections-per-address": "18",
    });
    const set = {
      queueQuota: 1,
      messageTtlSeconds: 2,
      notificationTtlSeconds: 3,
      notificationQuota: 4,
      suspendedTtlSeconds: 5,
      expiryIntervalSeconds: 6,
      handshakeTimeoutSeconds: 7,
      idleTimeoutSeconds: 8,
      slowReaderTimeoutSeconds: 9,
      sweepIntervalSeconds: 10,
      connectionsMax: 11,
      connectionsPerAddressMax: 12,
      newQueuesPerMinute: 13,
      newQueuesBurst: 14,
      subscriptionsPerConnectionMax: 15,
      proxiedCommandsMax: 16,
      proxyConnectionsMax: 17,
      proxyConnectionsPerAddressMax: 18,
    };
    expect(Object.keys(set).sort()).toEqual(Object.keys(limitDefaults).sort());
    const environment = Object.fromEntries(texts.map(([name, text]) => [variableOf(name), text]));
    const file = texts.map(([name, text]) => `${name} = ${text}`).join("\n");
    for (const source of [{ flags: Object.fromEntries(texts) }, { environment }, { file }]) {
      expect(limitsOf(read(source))).toEqual(set);
    }
  });

  it("come from flags before variables before the file", () => {
    const file = "# limits\nqueue-quota = 3\n\n message-ttl = 2d \nnew-queues=off";
    expect(read({ file })).toMatchObject({ "queue-quota": 3, "message-ttl": 172_800, "new-queues": false });
    const environment = { SOTTO_RELAY_QUEUE_QUOTA: "4", PATH: "/bin" };
    expect(read({ file, environment })["queue-quota"]).toBe(4);
    expect(read({ file, environment, flags: { "queue-quota": "5" } })["queue-quota"]).toBe(5);
  });

  it("open each door once", () => {
    expect(read({ flags: { doors: "web,tls,web" } }).doors).toEqual(["web", "tls"]);
  });

  it("open the tls door on the port of the address, unless told another", () => {
    const read = (flags: Record<string, string>) => readSettings({ flags, environment: {}, file: undefined });
    expect(read({})["tls-port"]).toBe(5223);
    expect(read({ port: "7001" })["tls-port"]).toBe(7001);
    expect(read({ port: "443", "tls-port": "5223" })["tls-port"]).toBe(5223);
    expect(read({ port: "" })["tls-port"]).toBe(5223);
  });

  it("are named in the error when their value cannot be", () => {
    const wrong: Record<string, readonly string[]> = {
      "queue-quota": ["0", "many", "-1", "1e3"],
      port: ["99999"],
      "tls-port": ["65536", "smp"],
      "message-ttl": ["21", "0s", "d"],
      "sweep-interval": ["10", "0s", "often"],
      "new-queues": ["yes"],
      store: ["postgres"],
      doors: ["tls,ftp"],
      host: ["", "a b", "x/"],
      source: ["here", "javascript:alert(1)"],
    };
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        expect(() => read({ flags: { [name]: value } }), `${name} ${value}`).toThrow(
          `cannot use setting ${name}`,
        );
        expect(() => read({ environment: { [variableOf(name)]: value } })).toThrow(
          `cannot use setting ${name}`,
        );
      }
    }
  });

  it("are named in the error with the place that they come from", () => {
    const environment = { SOTTO_RELAY_WEB_PORT: "99999" };
    const file = "web-port = 99999";
    const notA = '"99999" is not a whole number from 0 to 65535';
    const of = (source: string) => `cannot use setting web-port (${source}): ${notA}`;
    expect(() => read({ file })).toThrow(of("settings file"));
    expect(() => read({ file, environment })).toThrow(of("variable SOTTO_RELAY_WEB_PORT"));
    expect(() => read({ file, environment, flags: { "web-port": "99999" } })).toThrow(of("flag --web-port"));
  });

  it("are refused when there are none of their name", () => {
    expect(() => read({ flags: { quota: "1" } })).toThrow("cannot use setting quota");
    expect(() => read({ file: "quota = 1" })).toThrow("cannot use setting quota");
    expect(() => read({ environment: { SOTTO_RELAY_QUOTA: "1" } })).toThrow("SOTTO_RELAY_QUOTA");
    expect(() => read({ file: "host = a\nnonsense" })).toThrow("line 2");
  });

  it("never show the password", () => {
    expect(() => read({ flags: { password: "se cret" } })).toThrow(/^(?!.*se cret)/);
    expect(settingNames).toContain("password");
  });
});
