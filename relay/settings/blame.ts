import { type DoorName, type RelaySettings, SettingError, type SettingName } from "./settings.ts";

/** Runs what settings decide of. @throws SettingError that names them, in place of an error of the system */
export function blame<T>(names: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw isOfSystem(error) ? new SettingError(`cannot use ${names}: ${error.message}`) : error;
  }
}

/** The settings that say where a door listens. */
function doorSettings(
  door: DoorName,
  settings: RelaySettings,
): { readonly port: SettingName; readonly address: SettingName } {
  if (door === "tls") return { port: "tls-port", address: "listen" };
  if (door === "haproxy") return { port: "haproxy-port", address: "haproxy-listen" };
  return { port: "web-port", address: settings["web-listen"] === undefined ? "listen" : "web-listen" };
}

/** Errors of listening that are the port's fault; all others are the address's. */
const portErrors: ReadonlySet<string> = new Set(["EADDRINUSE", "EACCES", "EPERM"]);

/** The error of a door that cannot be opened, with the setting that is to be changed, where it is one of the system. */
export function doorError(door: DoorName, settings: RelaySettings, error: unknown): unknown {
  if (!isOfSystem(error)) return error;
  const names = doorSettings(door, settings);
  const name = portErrors.has(error.code) ? names.port : names.address;
  const follows = name === "tls-port" && settings.port === settings[name] ? " (that of setting port)" : "";
  return new SettingError(
    `cannot open ${door} door: cannot use setting ${name}: ${settings[name]}${follows} ${reasonOf(error)}`,
  );
}

function reasonOf({ code, message }: SystemError): string {
  switch (code) {
    case "EADDRINUSE":
      return "is in use by another program";
    case "EACCES":
    case "EPERM":
      return "may not be listened on by this user";
    case "EADDRNOTAVAIL":
    case "EINVAL": // the same in Deno
      return "is not an address of this machine";
    case "ENOTFOUND":
      return "is no IP address, nor a name that leads to one";
    default:
      return `cannot be listened on: ${message}`;
  }
}

type SystemError = Error & { readonly code: string };

function isOfSystem(error: unknown): error is SystemError {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
