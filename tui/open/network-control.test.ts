import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { NetworkSettings } from "../../core/chat/api.ts";
import { systemClock } from "../../core/clock/system.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import type { Destination } from "../../core/transport/doors.ts";
import { reach } from "./network-control.ts";

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

/** The network with a proxy, and how often sessions were to be made anew. */
function reached() {
  let reopened = 0;
  const sessions = {
    reconnect: () => undefined,
    reopen: () => {
      reopened++;
    },
  };
  const { connect, control } = reach(systemClock, systemRandom, () => sessions);
  const settings: NetworkSettings = {
    privateRouting: "never",
    privateRoutingFallback: "prohibit",
    socksProxy: null,
  };
  const apply = (change: Partial<NetworkSettings>) => control.apply({ ...settings, ...change });
  return { connect, apply, reopened: () => reopened };
}

test("sessions are made anew when the proxy is set, changed and removed, and not for other settings", () => {
  const { apply, reopened } = reached();
  apply({});
  expect(reopened()).toBe(0);
  apply({ socksProxy: "127.0.0.1:9050" });
  expect(reopened()).toBe(1);
  apply({ socksProxy: "127.0.0.1:9050", privateRouting: "always" });
  expect(reopened()).toBe(1);
  apply({ socksProxy: "127.0.0.1:9051" });
  expect(reopened()).toBe(2);
  apply({});
  expect(reopened()).toBe(3);
});

test("by the time they are made anew, connections go through the proxy, but not to this machine", async () => {
  const knocked: Socket[] = [];
  const proxy = createServer((socket) => {
    knocked.push(socket);
    socket.destroy();
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => proxy.close());
  const { connect, apply } = reached();
  apply({ socksProxy: `127.0.0.1:${(proxy.address() as AddressInfo).port}` });
  const asked = once(proxy, "connection");
  const to = (form: "domain" | "IPv4", name: string): Destination => ({
    hosts: [{ form, name }],
    port: "1",
    keyHash: new Uint8Array(32),
  });
  await expect(connect(to("domain", "relay.example"))).rejects.toMatchObject({ code: "network" });
  await asked;
  const before = knocked.length;
  await expect(connect(to("IPv4", "127.0.0.1"))).rejects.toMatchObject({ code: "network" });
  expect(knocked).toHaveLength(before);
});
