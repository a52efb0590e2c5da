import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import type { RelayAddress } from "../../smp/address.ts";
import type { ConnectionId } from "../api.ts";
import type { OwnQueue } from "../relay-subscriptions.ts";
import { newReceiveQueue } from "../testing/receive-queue.ts";
import { EarlyMessages } from "./early-messages.ts";

const patienceMs = 600_000;
const relay: RelayAddress = {
  scheme: "smp",
  hosts: [{ form: "domain", name: "relay.test" }],
  port: "",
  keyHash: new Uint8Array(32),
};
const ofConnection = (queueId: number): OwnQueue => ({
  profile: 1,
  connection: "connection" as ConnectionId,
  queueId,
  queue: newReceiveQueue(relay, queueId),
});
const [old, added] = [ofConnection(1), ofConnection(2)];
const body = new Uint8Array(0);

function waitingRoom() {
  const clock = new VirtualClock();
  const given: number[] = [];
  const early = new EarlyMessages(clock, (_, [id = 0]) => given.push(id));
  const keep = (id: number) => early.keep(added, Uint8Array.of(id), body);
  return { clock, given, early, keep };
}

describe("a message that came too early", () => {
  it("is given when a message has come over the other queue, or after ten minutes", async () => {
    const { clock, given, early, keep } = waitingRoom();
    keep(1);
    early.tryAgain(old, (_, [id = 0]) => given.push(id));
    expect(given).toEqual([1]);
    keep(2);
    await clock.advance(patienceMs - 1);
    expect(given).toEqual([1]);
    await clock.advance(1);
    expect(given).toEqual([1, 2]);
  });

  it("does not wait when the one before it waited in vain, until something comes over the other queue", async () => {
    const { clock, given, early, keep } = waitingRoom();
    const none = () => expect.unreachable();
    keep(1);
    await clock.advance(patienceMs);
    early.tryAgain(added, none);
    keep(2);
    expect(given).toEqual([1, 2]);
    early.tryAgain(old, none);
    keep(3);
    expect(given).toEqual([1, 2]);
    await clock.advance(patienceMs);
    expect(given).toEqual([1, 2, 3]);
  });
});
