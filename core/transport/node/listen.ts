import type { Server } from "node:net";

/**
 * Has a server listen. Errors after that are of accepting a connection: the next one may be taken again.
 * @param port 0: any that is free
 * @param host all addresses of this machine when undefined
 * @returns the port
 * @throws Error of the system when the port cannot be listened on
 */
export function listenOn(server: Server, port: number, host?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
