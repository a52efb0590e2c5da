import { expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual.ts";
import { TransportError } from "./errors.ts";
import { type MemoryLinkOptions, memoryLink } from "./memory.ts";
import { nextBlock } from "./next-block.ts";
import { blockLength, sendQueueHighBytes, sendQueueMaxBytes, type Transport } from "./transport.ts";

const block = (fill: number): Uint8Array => new Uint8Array(blockLength).fill(fill);

interface Received {
  readonly fills: number[];
  drained: number;
  reason: TransportError | undefined;
}

function listen(transport: Transport): Received {
  const received: Received = { fills: [], drained: 0, reason: undefined };
  transport.receive({
    block: (got) => received.fills.push(got[0] ?? -1),
    drained() {
      received.drained++;
    },
    closed(reason) {
      expect(received.reason).toBeUndefined();
      received.reason = reason;
    },
  });
  return received;
}

function link(options: Partial<MemoryLinkOptions> = {}) {
  const clock = new VirtualClock();
  return { clock, ...memoryLink({ clock, ...options }) };
}

test("blocks arrive after their time, in order, even when a later one would be faster", async () => {
  const delaysMs = [50, 10, 10];
  const { clock, client, server } = link({ latencyMs: () => delaysMs.shift() ?? 0 });
  const received = listen(server);
  for (const fill of [1, 2, 3]) client.send(block(fill));
  await clock.advance(49);
  expect(received.fills).toEqual([]);
  await clock.advance(1);
  expect(received.fills).toEqual([1, 2, 3]);
});

test("blocks that came before anybody listened are not lost, nor between two handlers", async () => {
  const { clock, client, server } = link();
  for (const fill of [1, 2, 3]) client.send(block(fill));
  await clock.advance(0);
  expect((await nextBlock(server, clock, 1000))[0]).toBe(1);
  const received = listen(server);
  await clock.advance(0);
  expect(received.fills).toEqual([2, 3]);
});

test("what was sent before the end arrives before the end", async () => {
  const { clock, client, server } = link({ latencyMs: () => 5 });
  const own = listen(client);
  client.send(block(1));
  client.close();
  const received = listen(server);
  await clock.advance(5);
  expect(received.fills).toEqual([1]);
  expect(received.reason?.code).toBe("closed");
  expect(own.reason?.code).toBe("closed");
  expect(client.send(block(2))).toBe(true);
});

test("ended with a reason, what is under way is lost", async () => {
  const { clock, client, server } = link({ latencyMs: () => 5 });
  client.send(block(1));
  client.close(new TransportError("block", "bad block"));
  const received = listen(server);
  await clock.advance(5);
  expect(received).toMatchObject({ fills: [], reason: { code: "closed" } });
});

test("a cable that is cut ends both sides", async () => {
  const ends = link();
  const [client, server] = [listen(ends.client), listen(ends.server)];
  ends.cut("cut");
  expect([client.reason?.code, server.reason?.code]).toEqual(["network", "network"]);
});

test("a sender is told to wait, and told when it can go on", async () => {
  const { clock, client, server } = link();
  const own = listen(client);
  server.pause();
  const high = sendQueueHighBytes / blockLength;
  for (let i = 0; i < high; i++) expect(client.send(block(i))).toBe(true);
  expect(client.send(block(99))).toBe(false);
  await clock.advance(0);
  expect(own.drained).toBe(0);
  const received = listen(server);
  await clock.advance(0);
  expect(received.fills).toHaveLength(high + 1);
  expect(own.drained).toBe(1);
  expect(client.send(block(1))).toBe(true);
});

test("a sender that does not wait for a stalled peer is cut off at the bound", async () => {
  const ends = link();
  const own = listen(ends.client);
  ends.stall("to-server", true);
  for (let i = 0; i <= sendQueueMaxBytes / blockLength; i++) ends.client.send(block(i));
  expect(own.reason?.code).toBe("slow-reader");
});

test("blocks can be changed and lost on the way", async () => {
  const { clock, client, server } = link({
    intercept: (sent, direction) => (direction === "to-server" && sent[0] === 2 ? undefined : block(9)),
  });
  const received = listen(server);
  for (const fill of [1, 2, 3]) client.send(block(fill));
  await clock.advance(0);
  expect(received.fills).toEqual([9, 9]);
});

test("only blocks can be sent", () => {
  const { client } = link();
  expect(() => client.send(new Uint8Array(blockLength - 1))).toThrow("16383 bytes are not 16384");
});

test("waiting for a block ends with its time, or with the connection", async () => {
  const { clock, client, server } = link();
  const timedOut = expect(nextBlock(server, clock, 100)).rejects.toMatchObject({ code: "timeout" });
  await clock.advance(100);
  await timedOut;
  const closed = expect(nextBlock(server, clock, 100)).rejects.toMatchObject({ code: "closed" });
  client.close();
  await clock.advance(0);
  await closed;
});

test("who takes over after the end is told of it too, when what came before has been taken", async () => {
  const { clock, client, server } = link();
  for (const fill of [1, 2]) client.send(block(fill));
  client.close();
  expect((await nextBlock(server, clock, 1000))[0]).toBe(1);
  await clock.advance(0);
  const received = listen(server);
  await clock.advance(0);
  expect(received).toMatchObject({ fills: [2], reason: { code: "closed" } });
});

test("who was told to wait with sending goes on after the end, and takes what came before it", async () => {
  const { clock, client, server } = link();
  const fills: number[] = [];
  let reason: TransportError | undefined;
  let held = false;
  server.receive({
    block(got) {
      fills.push(got[0] ?? -1);
      held = !server.send(block(9));
      if (held) server.pause();
    },
    drained() {
      held = false;
      server.resume();
    },
    closed(end) {
      reason = end;
    },
  });
  for (let fill = 0; fill < 20; fill++) client.send(block(fill));
  await clock.advance(0);
  expect(held).toBe(true);
  client.close();
  await clock.advance(0);
  expect(fills).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(reason?.code).toBe("closed");
});
