import type { VersionRange } from "../bytes/index.ts";
import type { RelayAddress } from "../smp/address.ts";
import { parseHost } from "../smp/host.ts";
import type { QueueMode } from "../smp/queue-mode.ts";
import { array, hex, integer, object, oneOf, text } from "./vectors.ts";

export function versionRangeOf(value: unknown): VersionRange {
  const { min, max } = object(value);
  return { min: integer(min), max: integer(max) };
}

/** The address of a relay; one of SMP where the vector does not say of what. */
export function relayOf(value: unknown): RelayAddress {
  const { scheme = "smp", hosts, port, keyHash } = object(value);
  return {
    scheme: oneOf(scheme, "smp", "xftp", "ntf"),
    hosts: array(hosts).map((host) => parseHost(text(host))),
    port: text(port),
    keyHash: hex(keyHash),
  };
}

export function queueModeOf(value: unknown): QueueMode {
  return oneOf(value, "M", "C") === "M" ? "messaging" : "contact";
}
