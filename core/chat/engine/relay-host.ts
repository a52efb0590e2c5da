import { DecodeError } from "../../bytes/index.ts";
import { parseRelayAddressWithAuth } from "../../smp/address.ts";

const usualPorts: readonly string[] = ["", "5223"];

/** The first host of a relay's address, with the port if it is not the usual one, for people. */
export function relayHost(address: string): string {
  try {
    const { hosts, port } = parseRelayAddressWithAuth(address, "smp").relay;
    const name = hosts[0]?.name ?? "";
    return usualPorts.includes(port) ? name : `${name}:${port}`;
  } catch (error) {
    if (error instanceof DecodeError) return address;
    throw error;
  }
}
