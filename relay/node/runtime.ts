import { setImmediate } from "node:timers";
import { setFlagsFromString } from "node:v8";
import { systemClock } from "../../core/clock/system.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import type { DoorOptions, OpenDoor } from "../doors/door.ts";
import { openHaproxyDoor } from "../doors/haproxy-door.ts";
import { openWebDoor } from "../doors/web-door.ts";
import { Forwarding } from "../proxy/forwarding.ts";
import { reportTo } from "../report.ts";
import type { Runtime } from "../runtime.ts";
import { type DoorName, proxyLimitsOf, SettingError } from "../settings/settings.ts";
import { proxyConnect } from "./proxy-connect.ts";
import { openTlsDoor, tlsCredentialsOf } from "./tls-door.ts";

// The heap is small: threads that help to collect it cost more time than they take over.
setFlagsFromString("--single-threaded-gc");

const printError = (text: string): void => console.error(text);

/** The relay on Node: all doors. */
export const nodeRuntime: Runtime = {
  name: "Node",
  startCommand: "npx sotto relay",
  args: process.argv.slice(2),
  environment: process.env,
  keepsFiles: true,
  defaultDoors: ["tls", "web"],
  defaultProxy: true,
  // Of Node's TLS, clients of the network get what most of their relays have.
  identityAlgorithm: "Ed448",
  defer: setImmediate,
  report: reportTo(printError),
  print: (text) => console.log(text),
  printError,
  openDoor,
  openProxy: (settings) =>
    new Forwarding({
      clock: systemClock,
      random: systemRandom,
      connect: proxyConnect(() => systemClock.nowMs(), settings["proxy-private"]),
      ...proxyLimitsOf(settings),
    }),
  async openKv() {
    throw new SettingError("cannot use setting store: kv is there in Deno only");
  },
  onStop(callback) {
    process.on("SIGTERM", callback);
    process.on("SIGINT", callback);
  },
  onReload(callback) {
    process.on("SIGHUP", callback);
  },
  exit: (code) => process.exit(code),
};

async function openDoor(name: DoorName, options: DoorOptions): Promise<OpenDoor> {
  if (name === "web") return openWebDoor(options);
  if (name === "haproxy") return openHaproxyDoor(options);
  const { relay, settings } = options;
  const door = await openTlsDoor(relay, { host: settings.listen, port: settings["tls-port"] });
  return {
    name,
    port: door.port,
    refresh: () => door.setCredentials(tlsCredentialsOf(relay.identity)),
    close: () => door.close(),
  };
}
