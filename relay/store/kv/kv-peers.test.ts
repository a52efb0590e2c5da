import { expect, it, vi } from "vitest";
import { VirtualClock } from "../../../core/clock/virtual.ts";
import { systemRandom } from "../../../core/crypto/random.ts";
import { MemoryKv } from "../../testing/memory-kv.ts";
import type { KvEntry } from "./api.ts";
import { KvPeers } from "./kv-peers.ts";

const id = systemRandom(24);

/** A watch whose connection is lost. */
const broken = () =>
  new ReadableStream<readonly KvEntry[]>({ start: (controller) => controller.error(new TypeError("lost")) });

/** Two instances on one KV, the first of which owns a subscription and notes what it hears. */
async function twoInstances(kv: MemoryKv) {
  const clock = new VirtualClock();
  const errors: unknown[] = [];
  const heard: string[] = [];
  const owner = new KvPeers(kv, clock, systemRandom, (error) => errors.push(error));
  owner.listen((topic, _, event) => heard.push(`${topic} ${event}`));
  await owner.claim("queue", id);
  return { clock, errors, heard, owner, other: new KvPeers(kv, clock, systemRandom) };
}

it("an instance whose watch breaks reports it, and hears again", async () => {
  const kv = new MemoryKv();
  const watch = vi.spyOn(kv, "watch").mockImplementationOnce(broken);
  const { clock, errors, heard, owner, other } = await twoInstances(kv);
  await other.tell("queue", id, "arrived");
  await clock.advance(60_000);
  expect(errors).toHaveLength(1);
  expect(watch).toHaveBeenCalledTimes(2);
  await expect.poll(() => heard).toEqual(["queue arrived"]);
  await owner.close();
});

it("an instance whose watch is broken can be closed", async () => {
  const kv = new MemoryKv();
  vi.spyOn(kv, "watch").mockImplementation(broken);
  const { errors, owner } = await twoInstances(kv);
  await expect.poll(() => errors).toHaveLength(1);
  await owner.close();
});

it.each(["owner", "other"] as const)("nothing is left of a queue that the %s deletes", async (name) => {
  const kv = new MemoryKv();
  const { heard, ...instances } = await twoInstances(kv);
  await instances[name].tell("queue", id, "deleted");
  if (name === "other") await expect.poll(() => heard).toEqual(["queue deleted"]);
  expect((await kv.get(["owner", "queue", id])).versionstamp).toBeNull();
  await instances.owner.close();
});

it("a letter of another version is passed over", async () => {
  const kv = new MemoryKv();
  const { errors, heard, owner, other } = await twoInstances(kv);
  const { value: instance } = await kv.get(["owner", "queue", id]);
  if (!(instance instanceof Uint8Array)) throw new Error("subscription has no owner");
  await kv
    .atomic()
    .set(["letter", instance, 0, systemRandom(8)], new TextEncoder().encode("later"))
    .commit();
  await other.tell("queue", id, "arrived");
  await expect.poll(() => heard).toEqual(["queue arrived"]);
  expect(errors).toEqual([]);
  await owner.close();
});
