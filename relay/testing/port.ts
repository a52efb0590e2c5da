import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import process from "node:process";

/**
 * Ports that no system hands out by itself, so that nobody else gets one before it is listened on: in a test that
 * runs at the same time every port 0 and every connection takes one. Each worker has some of its own.
 */
const [portFirst, portsOfWorker, workers] = [10_000, 500, 20];
const worker = Number(process.env["VITEST_POOL_ID"] ?? 0) % workers;
let tried = randomInt(portsOfWorker);

/** A port of this machine that is free, and stays so until the test listens on it, or for good. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portsOfWorker; tries++) {
    const port = portFirst + worker * portsOfWorker + (tried++ % portsOfWorker);
    if (await isFree(port)) return port;
  }
  throw new Error("no port is free");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
