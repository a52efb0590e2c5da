import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { TransportError } from "../../core/transport/errors.ts";
import { isPublicAddress } from "./addresses.ts";
import { PrivateAddressError } from "./private-address-error.ts";

/** Finds the IP addresses of a name. */
export type Lookup = (host: string) => Promise<readonly string[]>;

const lookUp: Lookup = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * An address of a host that a proxy may dial. @param allowPrivate whether any will do
 * @throws TransportError when there is none
 */
export async function publicAddressOf(
  host: string,
  allowPrivate: boolean,
  find: Lookup = lookUp,
): Promise<string> {
  const addresses = isIP(host) === 0 ? await resolve(host, find) : [host];
  const address = addresses.find((one) => allowPrivate || isPublicAddress(one));
  if (address !== undefined) return address;
  const cause = new PrivateAddressError("address is not of the public internet");
  throw new TransportError("network", "cannot reach relay: its address is not of the public internet", {
    cause,
  });
}

async function resolve(host: string, find: Lookup): Promise<readonly string[]> {
  try {
    return await find(host);
  } catch (cause) {
    throw new TransportError("network", "cannot reach relay: its name cannot be looked up", { cause });
  }
}
