import "./no-native-code.ts";
import { setImmediate } from "node:timers";
import { systemClock } from "../../core/clock/system.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { openHaproxyDoor } from "../doors/haproxy-door.ts";
import { openWebDoor } from "../doors/web-door.ts";
import { Forwarding } from "../proxy/forwarding.ts";
import { reportTo } from "../report.ts";
import type { Runtime } from "../runtime.ts";
import { proxyLimitsOf, SettingError, variableNames } from "../settings/settings.ts";
import type { DenoApi } from "./api.ts";
import { openDeployDoor } from "./deploy-door.ts";
import { proxyConnect } from "./proxy-connect.ts";

/** Keys that Deno's TLS can use. */
const keyTypes = ["rsa", "ec", "ed25519"];

/** The relay on Deno: the web door, and the TLS door behind HAProxy. */
export function denoRuntime(deno: DenoApi): Runtime {
  /** Platforms that end the process themselves have no signals. */
  function listen(signal: string, callback: () => void): void {
    try {
      deno.addSignalListener(signal, callback);
    } catch (error) {
      if (!(error instanceof TypeError) && !(error instanceof Error && error.name === "NotSupported"))
        throw error;
    }
  }
  const isOnDeploy = isOnDenoDeploy(deno);
  const printError = (text: string): void => console.error(text);
  return {
    name: "Deno",
    startCommand: "npm run relay --",
    args: deno.args,
    // Only its own variables: the relay may not read others.
    environment: Object.fromEntries(variableNames.map((name) => [name, deno.env.get(name)])),
    keepsFiles: !isOnDeploy,
    defaultDoors: ["web"],
    defaultProxy: false,
    identityAlgorithm: "Ed25519",
    defer: setImmediate,
    report: reportTo(printError),
    print: (text) => console.log(text),
    printError,
    async openDoor(name, options) {
      if (name === "web") return isOnDeploy ? openDeployDoor(deno, options) : openWebDoor(options, keyTypes);
      if (name === "haproxy") return openHaproxyDoor(options);
      throw new SettingError(
        "cannot open tls door: Deno's TLS does not tell the session id; use haproxy, or run the relay on Node",
      );
    },
    openProxy(settings) {
      if (deno.permissions.querySync({ name: "net" }).state !== "granted") {
        throw new SettingError(
          "cannot use setting proxy: Deno does not allow the relay to reach others; start it with deno run -P=proxy",
        );
      }
      return new Forwarding({
        clock: systemClock,
        random: systemRandom,
        connect: proxyConnect(settings["proxy-private"]),
        ...proxyLimitsOf(settings),
      });
    },
    async openKv(path) {
      if (deno.openKv !== undefined) return deno.openKv(path).catch(refuseKv);
      const missing = isOnDeploy
        ? "assign a Deno KV database to this app"
        : "kv needs Deno started with --unstable-kv";
      throw new SettingError(`cannot use setting store: ${missing}`);
    },
    onStop(callback) {
      listen("SIGTERM", callback);
      listen("SIGINT", callback);
    },
    onReload: (callback) => listen("SIGHUP", callback),
    exit: (code) => deno.exit(code),
  };
}

/** @throws SettingError for a database that cannot be opened, other than for Deno's permissions */
function refuseKv(error: unknown): never {
  if (!(error instanceof Error) || error.name === "NotCapable") throw error;
  throw new SettingError(`cannot use settings store and kv-path: ${error.message}`);
}

/** Whether this is Deno Deploy. Where the relay may not look, it is not: that platform allows everything. */
function isOnDenoDeploy({ env, permissions }: DenoApi): boolean {
  const variable = "DENO_DEPLOY";
  return permissions.querySync({ name: "env", variable }).state === "granted" && env.get(variable) === "true";
}
