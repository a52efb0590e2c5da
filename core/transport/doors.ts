import { givenUp, TransportError, type TransportErrorCode } from "./errors.ts";
import { isLoopback } from "./loopback.ts";
import type { Transport } from "./transport.ts";

/** A relay to connect to; a relay address is one. */
export interface Destination {
  readonly hosts: readonly { readonly form: "domain" | "IPv4" | "IPv6" | "onion"; readonly name: string }[];
  /** Decimal digits, or empty for the default ports. */
  readonly port: string;
  /** SHA-256 of the relay's identity certificate, 32 bytes. */
  readonly keyHash: Uint8Array;
}

/** One way to knock at a relay. */
export type DoorKind = "tls" | "wss" | "ws";

/** A door to try. */
export interface Attempt {
  readonly door: DoorKind;
  readonly host: string;
  readonly port: number;
}

/**
 * Opens one door, with the means of the runtime. There is less reason to wait long while `hasAlternative`: another
 * port or host is still to be tried. The TLS door checks the relay's identity itself; behind the
 * others the SMP handshake does. A runtime that can ends the connection with `signal`.
 * @throws TransportError
 */
export type OpenDoor = (
  attempt: Attempt,
  destination: Destination,
  isolation: string | undefined,
  hasAlternative: boolean,
  signal: AbortSignal | undefined,
) => Promise<Transport>;

/**
 * Connects to a relay. Different `isolation` texts never share a circuit of a proxy. After `signal` nothing more is
 * tried; what is connected then all the same is for the caller to close.
 * @throws TransportError
 */
export type Connect = (
  destination: Destination,
  isolation?: string,
  signal?: AbortSignal,
) => Promise<Transport>;

/** What doors a runtime can open. */
export interface DoorOptions {
  readonly open: OpenDoor;
  /** In the order in which they are tried. */
  readonly doors: readonly DoorKind[];
  /** Whether connections go through a proxy: onion hosts are reached only so, and then come first. */
  readonly proxy: boolean;
}

/** Ports of relays whose address has none: that of the network, and that of the web. */
const defaultPorts: readonly number[] = [5223, 443];
const portMax = 65_535;

/**
 * A `Connect` over the doors that a runtime can open: the strict TLS of the network first, and where that fails as
 * a web server would fail it, WebSocket. All hosts of an address are tried. The door that answered is
 * remembered and tried first the next time. A relay with a wrong identity is not tried by another door.
 */
export function connectThroughDoors({ open, doors, proxy }: DoorOptions): Connect {
  const answered = new Map<string, Attempt>();
  return async (destination, isolation, signal) => {
    const name = nameOf(destination);
    const failures: TransportError[] = [];
    const groups = attemptsByPort(destination, doors, proxy, answered.get(name));
    for (const [index, group] of groups.entries()) {
      for (const attempt of group) {
        if (signal?.aborted) throw givenUp();
        try {
          const transport = await open(attempt, destination, isolation, index < groups.length - 1, signal);
          answered.set(name, attempt);
          return transport;
        } catch (error) {
          if (!(error instanceof TransportError)) throw error;
          failures.push(error);
          if (error.code !== "wrong-door") break;
        }
      }
    }
    throw worst(failures);
  };
}

function nameOf({ hosts, port }: Destination): string {
  return `${hosts.map((host) => host.name).join(",")}:${port}`;
}

/** Groups of attempts at one port of one host; within a group, the next is tried only when a door is a wrong one. */
function attemptsByPort(
  { hosts, port }: Destination,
  doors: readonly DoorKind[],
  proxy: boolean,
  first: Attempt | undefined,
): readonly (readonly Attempt[])[] {
  const onions = hosts.filter(({ form }) => form === "onion");
  const others = hosts.filter(({ form }) => form !== "onion");
  const reachable = proxy ? [...onions, ...others] : others;
  if (reachable.length === 0) {
    throw new TransportError("network", "cannot reach relay: it has onion hosts only, and no proxy is set");
  }
  const groups = reachable.flatMap(({ name: host }) =>
    ports(port).map((number) =>
      doors
        .filter((door) => door !== "ws" || (isLoopback(host) && !proxy))
        .map((door): Attempt => ({ door, host, port: number })),
    ),
  );
  return first === undefined ? groups : rememberedFirst(groups, first);
}

/** The group of the door that answered last comes first, and that door first in it. */
function rememberedFirst(
  groups: readonly (readonly Attempt[])[],
  first: Attempt,
): readonly (readonly Attempt[])[] {
  const isFirst = ({ door, host, port }: Attempt) =>
    door === first.door && host === first.host && port === first.port;
  const found = groups.find((group) => group.some(isFirst));
  if (found === undefined) return groups;
  const reordered = [first, ...found.filter((attempt) => !isFirst(attempt))];
  return [reordered, ...groups.filter((group) => group !== found)];
}

function ports(port: string): readonly number[] {
  if (port === "") return defaultPorts;
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > portMax) {
    throw new TransportError("network", `cannot reach relay: port ${port} is not 1 to ${portMax}`);
  }
  return [number];
}

/** The codes that say most about what is wrong, those first that no other host can make good. */
const tellingCodes: readonly TransportErrorCode[] = ["identity", "certificate", "wrong-door"];

function worst(failures: readonly TransportError[]): TransportError {
  for (const code of tellingCodes) {
    const found = failures.find((failure) => failure.code === code);
    if (found !== undefined && (code !== "wrong-door" || failures.every((failure) => failure.code === code)))
      return found;
  }
  const retryable = failures.find((failure) => failure.code !== "wrong-door");
  return retryable ?? new TransportError("network", "cannot reach relay: it has no hosts");
}
