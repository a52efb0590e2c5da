import { describe, expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual.ts";
import { type Attempt, connectThroughDoors, type Destination, type DoorKind } from "./doors.ts";
import { TransportError, type TransportErrorCode } from "./errors.ts";
import { memoryLink } from "./memory.ts";

type Outcome = TransportErrorCode | "open";

const transport = memoryLink({ clock: new VirtualClock() }).client;
const domain = (name: string) => ({ form: "domain", name }) as const;
const onion = { form: "onion", name: "abc.onion" } as const;

function relay(port: string, ...hosts: Destination["hosts"]): Destination {
  return { hosts, port, keyHash: new Uint8Array(32) };
}

/** A connect whose doors behave as told, `door host:port` by `door host:port`; others are closed ports. */
function world(outcomes: Record<string, Outcome>, proxy = false) {
  const tried: string[] = [];
  const alternatives: boolean[] = [];
  const open = (attempt: Attempt, _relay: unknown, _isolation: unknown, hasAlternative: boolean) => {
    alternatives.push(hasAlternative);
    const name = `${attempt.door} ${attempt.host}:${attempt.port}`;
    tried.push(name);
    const outcome = outcomes[name] ?? "network";
    return outcome === "open"
      ? Promise.resolve(transport)
      : Promise.reject(new TransportError(outcome, `${name} is ${outcome}`));
  };
  const doors: readonly DoorKind[] = ["tls", "wss", "ws"];
  return { tried, alternatives, outcomes, connect: connectThroughDoors({ open, doors, proxy }) };
}

describe("the doors of a relay", () => {
  test("the TLS of the network is tried first, and is enough", async () => {
    const { connect, tried } = world({ "tls a.com:5223": "open" });
    expect(await connect(relay("5223", domain("a.com")))).toBe(transport);
    expect(tried).toEqual(["tls a.com:5223"]);
  });

  test("where a web server answers, WebSocket is tried at the same port", async () => {
    const { connect, tried } = world({ "tls a.com:443": "wrong-door", "wss a.com:443": "open" });
    await connect(relay("443", domain("a.com")));
    expect(tried).toEqual(["tls a.com:443", "wss a.com:443"]);
  });

  test("the door that answered is remembered", async () => {
    const { connect, tried } = world({ "tls a.com:443": "wrong-door", "wss a.com:443": "open" });
    await connect(relay("443", domain("a.com")));
    await connect(relay("443", domain("a.com")));
    expect(tried.slice(2)).toEqual(["wss a.com:443"]);
  });

  test("a remembered door that is gone gives way to the others", async () => {
    const { connect, outcomes, tried } = world({ "tls a.com:443": "wrong-door", "wss a.com:443": "open" });
    await connect(relay("443", domain("a.com")));
    outcomes["wss a.com:443"] = "wrong-door";
    outcomes["tls a.com:443"] = "open";
    await connect(relay("443", domain("a.com")));
    expect(tried.slice(2)).toEqual(["wss a.com:443", "tls a.com:443"]);
  });

  test.each(["identity", "certificate"] as const)(
    "a wrong %s never falls through to the other door",
    async (code) => {
      const { connect, tried } = world({ "tls a.com:443": code, "wss a.com:443": "open" });
      await expect(connect(relay("443", domain("a.com")))).rejects.toMatchObject({ code });
      expect(tried).toEqual(["tls a.com:443"]);
    },
  );

  test("without a port, that of the network and then that of the web are tried", async () => {
    const { connect, tried } = world({ "tls a.com:443": "wrong-door", "wss a.com:443": "open" });
    await connect(relay("", domain("a.com")));
    expect(tried).toEqual(["tls a.com:5223", "tls a.com:443", "wss a.com:443"]);
  });

  test("nothing more is tried once connecting is given up", async () => {
    const { connect, tried } = world({ "tls b.com:5223": "open" });
    const giveUp = new AbortController();
    const connecting = connect(relay("5223", domain("a.com"), domain("b.com")), undefined, giveUp.signal);
    giveUp.abort();
    await expect(connecting).rejects.toMatchObject({ code: "closed" });
    expect(tried).toEqual(["tls a.com:5223"]);
  });

  test("an attempt is told whether another port or host is still to be tried", async () => {
    const { connect, alternatives } = world({ "tls a.com:443": "wrong-door", "wss a.com:443": "open" });
    await connect(relay("", domain("a.com")));
    expect(alternatives).toEqual([true, false, false]);
  });

  test("all hosts are tried", async () => {
    const { connect, tried } = world({ "tls b.com:5223": "open" });
    await connect(relay("5223", domain("a.com"), domain("b.com")));
    expect(tried).toEqual(["tls a.com:5223", "tls b.com:5223"]);
  });

  test("without TLS, WebSocket is for loopback only", async () => {
    const refusing = {
      "tls a.com:80": "wrong-door",
      "wss a.com:80": "wrong-door",
      "ws a.com:80": "open",
    } as const;
    const far = world(refusing);
    await expect(far.connect(relay("80", domain("a.com")))).rejects.toMatchObject({ code: "wrong-door" });
    const near = world({
      "tls localhost:80": "wrong-door",
      "wss localhost:80": "wrong-door",
      "ws localhost:80": "open",
    });
    expect(await near.connect(relay("80", domain("localhost")))).toBe(transport);
  });

  test("through a proxy, onion hosts come first", async () => {
    const { connect, tried } = world({ "tls abc.onion:5223": "open" }, true);
    await connect(relay("5223", domain("a.com"), onion));
    expect(tried).toEqual(["tls abc.onion:5223"]);
  });

  test("without a proxy, onion hosts are not tried", async () => {
    const { connect, tried } = world({ "tls a.com:5223": "open" });
    await connect(relay("5223", onion, domain("a.com")));
    expect(tried).toEqual(["tls a.com:5223"]);
    await expect(connect(relay("5223", onion))).rejects.toThrow("no proxy is set");
  });

  test("of several failures, the one is told that says most", async () => {
    const { connect } = world({
      "tls a.com:443": "timeout",
      "tls b.com:443": "identity",
      "tls c.com:443": "network",
    });
    const failed = connect(relay("443", domain("a.com"), domain("b.com"), domain("c.com")));
    await expect(failed).rejects.toMatchObject({ code: "identity" });
    const { connect: other } = world({ "tls a.com:443": "wrong-door", "wss a.com:443": "timeout" });
    await expect(other(relay("443", domain("a.com")))).rejects.toMatchObject({
      code: "timeout",
      retryable: true,
    });
  });

  test.each(["0", "65536", "99999"])("port %s is refused", async (port) => {
    const { connect, tried } = world({});
    await expect(connect(relay(port, domain("a.com")))).rejects.toThrow(`port ${port}`);
    expect(tried).toEqual([]);
  });
});
