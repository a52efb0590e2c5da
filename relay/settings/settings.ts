import { orUndefined } from "../../core/bytes/index.ts";
import { parseHosts } from "../../core/smp/address.ts";
import { parseBasicAuth } from "../../core/smp/basic-auth.ts";
import type { Host } from "../../core/smp/host.ts";
import type { RelayLimits } from "./limits.ts";
import { duration, flag, integer, oneOf, optional, type Parse, someOf, text, webLink } from "./values.ts";

/** A door of the relay that can be opened: see the README. */
export type DoorName = "tls" | "web" | "haproxy";
/** Where the relay keeps its queues. */
export type StoreName = "sqlite" | "memory" | "kv";

const hosts: Parse<readonly Host[]> = (value) => {
  const parsed = orUndefined(() => parseHosts(value));
  if (parsed === undefined || parsed.rest !== "")
    throw new RangeError("a host name, or some with commas between");
  return parsed.hosts;
};

const password: Parse<Uint8Array> = (value) => {
  const parsed = orUndefined(() => parseBasicAuth(value));
  if (parsed === undefined) throw new RangeError("a password without spaces, @, : and /");
  return parsed;
};

const port = integer(0, 65_535);

interface Definition<T> {
  readonly parse: Parse<T>;
  /** In the form that is parsed. */
  readonly standard: string;
  readonly help: string;
}

const setting = <T>(parse: Parse<T>, standard: string, help: string): Definition<T> => ({
  parse,
  standard,
  help,
});

/** All settings by their name: a flag `--name`, a variable `SOTTO_RELAY_NAME`, or a line `name = value`. */
const definitions = {
  host: setting(hosts, "localhost", "host names in the relay's address"),
  port: setting(optional(port), "", "port in the relay's address; the standard ports when empty"),
  data: setting(text, "relay-data", "folder of the identity and the queues"),
  store: setting(
    optional(oneOf<StoreName>("sqlite", "memory", "kv")),
    "",
    "where queues are kept; sqlite when empty, but kv in Deno with the identity in a variable",
  ),
  "kv-path": setting(optional(text), "", "file of the local Deno KV; the platform's own when empty"),
  doors: setting(
    optional(someOf<DoorName>("tls", "web", "haproxy")),
    "",
    "what to open: tls (Node only), web, haproxy (behind HAProxy); tls and web in Node, web in Deno when empty",
  ),
  listen: setting(text, "0.0.0.0", "IP address to listen on"),
  "tls-port": setting(port, "5223", "port of the tls door; that of the address, if it names one"),
  "web-listen": setting(optional(text), "", "IP address of the web door; that of listen when empty"),
  "web-port": setting(port, "8080", "port of the web door: WebSocket and the page"),
  "haproxy-listen": setting(
    text,
    "127.0.0.1",
    "IP address of the haproxy door; nobody but HAProxy may reach it",
  ),
  "haproxy-port": setting(port, "5224", "port of the haproxy door"),
  "web-cert": setting(
    optional(text),
    "",
    "PEM file with the certificate chain of the web door; plain HTTP when empty",
  ),
  "web-key": setting(optional(text), "", "PEM file with the private key of the web door"),
  "trust-forwarded": setting(
    flag,
    "off",
    "whether the web door believes X-Forwarded-For, which a proxy in front of it sets, for limits by address",
  ),
  "new-queues": setting(flag, "on", "whether queues may be created"),
  password: setting(
    optional(password),
    "",
    "what clients have to know to create queues and to use the proxy",
  ),
  proxy: setting(
    optional(flag),
    "",
    "whether the relay reaches other relays for its clients; on in Node, off in Deno when empty",
  ),
  "proxy-private": setting(flag, "off", "whether it may reach addresses of private networks, too"),
  source: setting(
    optional(webLink),
    "",
    "web address of the source code of this relay, for the page: the licence wants its users to find it",
  ),
  metrics: setting(flag, "off", "whether /metrics tells totals, in the form of Prometheus"),
  "expire-on-send": setting(flag, "off", "whether each message makes the old ones of its queue expire"),
  "stop-when-idle": setting(
    optional(duration(1)),
    "",
    "time without any connection after which the relay stops; never when empty",
  ),
  "queue-quota": setting(integer(1, 100_000), "128", "messages that a queue holds"),
  "message-ttl": setting(duration(1), "21d", "age at which messages are deleted"),
  "notification-ttl": setting(duration(1), "24h", "age at which waiting notifications are deleted"),
  "notification-quota": setting(integer(1, 100_000), "128", "notifications that wait for one queue"),
  "suspended-ttl": setting(duration(1), "90d", "time after which a suspended queue is deleted"),
  "expiry-interval": setting(duration(1), "2h", "time between two runs that delete what is too old"),
  "handshake-timeout": setting(duration(1), "60s", "time a client may take for the handshake"),
  "idle-timeout": setting(
    duration(1),
    "6h",
    "time after which a silent connection without subscriptions is closed",
  ),
  "slow-reader-timeout": setting(
    duration(1),
    "60s",
    "time in which a client has to read some of what it is sent",
  ),
  "sweep-interval": setting(
    duration(1),
    "10s",
    "time between two looks for connections that are over idle-timeout or slow-reader-timeout",
  ),
  "max-connections": setting(integer(1), "20000", "connections at one time"),
  "max-connections-per-address": setting(
    integer(0),
    "5000",
    "connections from one address, or one /64 network of IPv6; 0: no limit",
  ),
  "new-queues-per-minute": setting(integer(0), "600", "queues that one address may create; 0: no limit"),
  "new-queues-burst": setting(integer(1), "2000", "queues that one address may create at once"),
  "max-subscriptions": setting(integer(1), "100000", "subscriptions of one connection"),
  "max-proxied-commands": setting(integer(1), "32", "proxied commands of one connection at one time"),
  "max-proxy-connections": setting(integer(1), "200", "connections to other relays at one time"),
  "max-proxy-connections-per-address": setting(
    optional(integer(0)),
    "",
    "those of them that were made for clients of one address; a quarter when empty, 0: no limit",
  ),
} as const;

/** The name of a setting. */
export type SettingName = keyof typeof definitions;
/** All settings with their values. */
export type RelaySettings = {
  readonly [N in SettingName]: (typeof definitions)[N] extends Definition<infer T> ? T : never;
};

/** Where the texts of settings come from, the strongest first. */
export interface SettingSources {
  readonly flags: Readonly<Record<string, string>>;
  /** Variables of the environment; only our own are looked at. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The content of the settings file, if there is one. */
  readonly file: string | undefined;
}

/** A setting is not what it has to be; the message names it. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

const variableStart = "SOTTO_RELAY_";
/** Variables that are not settings. */
const otherVariables: ReadonlySet<string> = new Set(["SOTTO_RELAY_IDENTITY"]);

/** The variable of a setting. */
export function variableOf(name: string): string {
  return variableStart + name.toUpperCase().replaceAll("-", "_");
}

/** Names of all settings. */
export const settingNames = Object.keys(definitions) as readonly SettingName[];

/** Variables that the relay reads: of the settings, and the identity as text. */
export const variableNames: readonly string[] = [...settingNames.map(variableOf), ...otherVariables];

/**
 * The value of each setting from the strongest source that has it.
 * @throws SettingError naming a setting that is unknown or has a value it cannot have
 */
export function readSettings({ flags, environment, file }: SettingSources): RelaySettings {
  const lines = parseFile(file ?? "");
  for (const name of [...Object.keys(flags), ...lines.keys()]) {
    if (!isSettingName(name))
      throw new SettingError(`cannot use setting ${name}: there is none of this name`);
  }
  for (const variable of Object.keys(environment)) {
    if (variable.startsWith(variableStart) && !variableNames.includes(variable)) {
      throw new SettingError(`cannot use variable ${variable}: there is no setting of this name`);
    }
  }
  const given = (name: SettingName): string | undefined =>
    flags[name] ?? environment[variableOf(name)] ?? lines.get(name);
  const sourceOf = (name: SettingName): string => {
    if (flags[name] !== undefined) return `flag --${name}`;
    return environment[variableOf(name)] === undefined ? "settings file" : `variable ${variableOf(name)}`;
  };
  const values = settingNames.map((name) => {
    // Clients come to the port in the address, so the tls door is there unless something passes them on.
    const standard = (name === "tls-port" && given("port")) || definitions[name].standard;
    return [name, parseSetting(name, given(name) ?? standard, () => sourceOf(name))] as const;
  });
  return Object.fromEntries(values) as unknown as RelaySettings;
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(definitions, name);
}

function parseSetting(name: SettingName, value: string, source: () => string): unknown {
  try {
    return definitions[name].parse(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // A password that cannot be used is still not to be shown.
    const shown = name === "password" ? "it" : `"${value}"`;
    throw new SettingError(`cannot use setting ${name} (${source()}): ${shown} is not ${error.message}`);
  }
}

/** Lines `name = value`; empty ones and those that begin with # are passed over. */
function parseFile(content: string): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const [, name, value] = /^\s*([a-z-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new SettingError(`cannot read settings file: line ${index + 1} is not "name = value"`);
    }
    lines.set(name, value);
  }
  return lines;
}

/** The limits among the settings. */
export function limitsOf(settings: RelaySettings): RelayLimits {
  const proxyConnectionsMax = settings["max-proxy-connections"];
  return {
    queueQuota: settings["queue-quota"],
    messageTtlSeconds: settings["message-ttl"],
    notificationTtlSeconds: settings["notification-ttl"],
    notificationQuota: settings["notification-quota"],
    suspendedTtlSeconds: settings["suspended-ttl"],
    expiryIntervalSeconds: settings["expiry-interval"],
    handshakeTimeoutSeconds: settings["handshake-timeout"],
    idleTimeoutSeconds: settings["idle-timeout"],
    slowReaderTimeoutSeconds: settings["slow-reader-timeout"],
    sweepIntervalSeconds: settings["sweep-interval"],
    connectionsMax: settings["max-connections"],
    connectionsPerAddressMax: settings["max-connections-per-address"],
    newQueuesPerMinute: settings["new-queues-per-minute"],
    newQueuesBurst: settings["new-queues-burst"],
    subscriptionsPerConnectionMax: settings["max-subscriptions"],
    proxiedCommandsMax: settings["max-proxied-commands"],
    proxyConnectionsMax,
    proxyConnectionsPerAddressMax:
      settings["max-proxy-connections-per-address"] ?? Math.ceil(proxyConnectionsMax / 4),
  };
}

/** The limits of the relay as a proxy, as `Forwarding` takes them. */
export function proxyLimitsOf(settings: RelaySettings) {
  const { proxyConnectionsMax, proxyConnectionsPerAddressMax } = limitsOf(settings);
  return { connectionsMax: proxyConnectionsMax, connectionsPerAddressMax: proxyConnectionsPerAddressMax };
}

/** One line a setting, for the help: name, what it is, and its value unless said otherwise. */
export function describeSettings(): string {
  return settingNames
    .map((name) => {
      const { help, standard } = definitions[name];
      return `  --${name.padEnd(28)} ${help}${standard === "" ? "" : ` (${standard})`}`;
    })
    .join("\n");
}
