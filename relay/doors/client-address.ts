/**
 * The address of a client, for limits. @param forwarded what the proxy in front says in X-Forwarded-For, if
 * it is trusted: the last entry is its own, those before are the client's words
 */
export function clientAddress(peer: string, forwarded: string): string {
  return forwarded.split(",").at(-1)?.trim() || peer;
}
