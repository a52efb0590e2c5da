import { expect, it } from "vitest";
import { utf8Encode } from "../../bytes/index.ts";
import { oldWayLink } from "../testing/old-way-link.ts";
import { World, within } from "../testing/world.ts";

it("two agents connect in the old way, by KEY and HELLO, when the sender can't secure the queue of the link", async () => {
  const world = new World();
  world.addRelay("one.test");
  const alice = world.addAgent();
  const bob = world.addAgent();
  const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
  // The other end has to think the same of its queue, or it would not take the sender's key.
  const joined = bob.agent.join(bob.profile, oldWayLink(fullLink), utf8Encode("bob"));
  await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
  alice.send(connection, "a");
  bob.send(joined, "b");
  await world.until(() => alice.texts().length === 1 && bob.texts().length === 1);
  expect(alice.of("message")[0]?.message.integrity).toEqual({ type: "ok" });
  expect([...alice.of("error"), ...bob.of("error")]).toEqual([]);
});
