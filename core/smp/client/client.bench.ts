import { systemClock } from "../../clock/system.ts";
import { generateKeyPair } from "../../crypto/keys.ts";
import { systemRandom } from "../../crypto/random.ts";
import type { Bench } from "../../testing/bench.ts";
import { type MemoryLink, memoryLink } from "../../transport/memory.ts";
import { connectTls } from "../../transport/node/tls-client.ts";
import { listenTls } from "../../transport/node/tls-server.ts";
import { testIdentity } from "../../transport/testing.ts";
import { blockLength, type Transport } from "../../transport/transport.ts";
import type { SmpClient } from "./client.ts";
import { startClient } from "./connect.ts";
import { acceptClient } from "./testing.ts";

const clock = systemClock;
const identity = testIdentity(clock.nowMs());
const queues = 10_000;
const messages = 500;
const blocks = 2_000;

/** A client of a relay in this process that says OK to everything. */
async function connect(): Promise<SmpClient> {
  const link: MemoryLink = memoryLink({
    clock,
    sessionId: systemRandom(32),
    serverChain: identity.certificateChain,
  });
  void acceptClient(link.server, { identity, clock, answer: () => ({ type: "OK" }) });
  return startClient(link.client, identity.keyHash, { clock, random: systemRandom });
}

/** Seconds that `run` takes. */
async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

/** Seconds that blocks take over TLS within this machine, both ends in this process. */
async function tlsSeconds(): Promise<number> {
  const accepted = Promise.withResolvers<Transport>();
  const listener = await listenTls({
    credentials: identity,
    host: "127.0.0.1",
    port: 0,
    onConnection: ({ transport }) => accepted.resolve(transport),
  });
  const { keyHash } = identity;
  const client = await connectTls({
    host: "127.0.0.1",
    port: listener.port,
    timeoutMs: 10_000,
    keyHash,
    nowMs: clock.nowMs,
  });
  const server = await accepted.promise;
  const block = systemRandom(blockLength);
  const seconds = await secondsOf(
    () =>
      new Promise<void>((resolve) => {
        let received = 0;
        server.receive({
          block() {
            if (++received === blocks) resolve();
          },
          closed: () => resolve(),
        });
        let sent = 0;
        const fill = () => {
          while (sent < blocks) {
            sent++;
            if (!client.send(block)) return;
          }
        };
        client.receive({ block: () => undefined, drained: fill, closed: () => undefined });
        fill();
      }),
  );
  client.close();
  await listener.close();
  return seconds;
}

export const bench: Bench = async (report) => {
  const { privateKey } = generateKeyPair("X25519", systemRandom);
  const subscriber = await connect();
  const subscribed = await secondsOf(() =>
    Promise.all(
      Array.from({ length: queues }, () =>
        subscriber.subscribeQueue({
          recipientId: systemRandom(24),
          privateKey: { algorithm: "X25519", key: systemRandom(32) },
        }),
      ),
    ),
  );
  report({ name: "subscribe-10000-queues", value: subscribed, unit: "s", note: "both ends" });
  const sender = await connect();
  const queue = { senderId: systemRandom(24), privateKey };
  const body = systemRandom(16_000);
  const sent = await secondsOf(() =>
    Promise.all(
      Array.from({ length: messages }, () => sender.sendMessage(queue, { notification: true }, body)),
    ),
  );
  report({ name: "messages-sent", value: messages / sent, unit: "1/s", note: "16,000 bytes, both ends" });
  report({ name: "tls-blocks", value: blocks / (await tlsSeconds()), unit: "1/s", note: "both ends" });
  subscriber.close();
  sender.close();
};
