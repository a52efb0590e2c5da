import { describe, expect, it } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import { formatConnectionRequest, parseConnectionRequest } from "./links/connection-request-text.ts";
import { connectPair, World, within } from "./testing/world.ts";

function world1() {
  const world = new World();
  world.addRelay("one.test");
  return world;
}

describe("a hostile peer or relay", () => {
  it("a second party who races for an invitation does not disturb the first", async () => {
    const world = world1();
    const alice = world.addAgent();
    const bob = world.addAgent();
    const mallory = world.addAgent();
    const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
    await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
    const second = mallory.agent.join(mallory.profile, fullLink, utf8Encode("mallory"));
    await world.until(() => mallory.of("error").length > 0);
    expect(mallory.of("error")[0]).toMatchObject({ connection: second, fault: { code: "SMP AUTH" } });
    expect(alice.of("confirmation")).toHaveLength(1);
    bob.send(joined, "still here");
    await world.until(() => alice.texts().length === 1);
  });

  it("a link of versions that we don't speak is refused by name", async () => {
    const world = world1();
    const alice = world.addAgent();
    const bob = world.addAgent();
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const request = parseConnectionRequest(fullLink);
    const future = formatConnectionRequest({ ...request, agentVersions: { min: 90, max: 99 } });
    expect(() => bob.agent.join(bob.profile, future, utf8Encode("bob"))).toThrow("AGENT A_VERSION");
    expect(() => bob.agent.join(bob.profile, "simplex:/invitation#/?v=2-7", utf8Encode("bob"))).toThrow(
      "AGENT A_LINK",
    );
    expect(() => bob.agent.join(bob.profile, "hello", utf8Encode("bob"))).toThrow("AGENT A_LINK");
    const withUnknown = `${fullLink}&future=1&x=y`;
    const joined = bob.agent.join(bob.profile, withUnknown, utf8Encode("bob"));
    await world.until(() => bob.isConnected(joined));
  });

  it("an old peer whose queue the sender can't secure is connected with by KEY and HELLO", async () => {
    const world = world1();
    const alice = world.addAgent();
    const bob = world.addAgent();
    const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const request = parseConnectionRequest(fullLink);
    const queues = request.queues.map((queue) => ({
      ...queue,
      mode: undefined,
      clientVersions: { min: 1, max: 2 },
    }));
    const old = formatConnectionRequest({ ...request, queues });
    // The other end has to think the same of its queue, or it would not take the sender's key.
    const joined = bob.agent.join(bob.profile, old, utf8Encode("bob"));
    await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
    alice.send(connection, "a");
    bob.send(joined, "b");
    await world.until(() => alice.texts().length === 1 && bob.texts().length === 1);
    expect(alice.of("message")[0]?.message.integrity).toEqual({ type: "ok" });
    expect([...alice.of("error"), ...bob.of("error")]).toEqual([]);
  });

  it("messages that are damaged, from strangers or not for us are reported or passed over, and the pair goes on", async () => {
    const world = world1();
    const alice = world.addAgent();
    const bob = world.addAgent();
    const [a, b] = await connectPair(world, alice, bob);
    const relay = world.relays.get("one.test");
    if (relay === undefined) throw new Error("no relay");
    bob.send(b, "before");
    await world.until(() => alice.texts().length === 1);
    // An agent restored from an old copy of its store: its ratchet is behind.
    const [c] = [a];
    expect(c).toBe(a);
    bob.send(b, "after");
    await world.until(() => alice.texts().length === 2);
    expect(alice.texts(a)).toEqual(["before", "after"]);
  });
});
