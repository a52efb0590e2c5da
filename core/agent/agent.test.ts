import { describe, expect, it } from "vitest";
import { utf8Decode, utf8Encode } from "../bytes/index.ts";
import { systemRandom } from "../crypto/random.ts";
import { since, smpVersions } from "../smp/version.ts";
import { MemoryStore } from "../store/memory.ts";
import { createAgent } from "./agent.ts";
import { smpNetwork } from "./network/smp-network.ts";
import { pair, settingsOf, worldOf } from "./testing/pair.ts";
import { within } from "./testing/world.ts";

describe("agent", () => {
  it("connects by an invitation, and messages pass both ways in order", async () => {
    const { world, alice, bob, a, b } = await pair(2);
    for (let i = 0; i < 20; i++) {
      alice.send(a, `a${i}`);
      bob.send(b, `b${i}`);
    }
    await world.until(() => alice.texts().length === 20 && bob.texts().length === 20);
    expect(bob.texts()).toEqual(Array.from({ length: 20 }, (_, i) => `a${i}`));
    expect(alice.texts()).toEqual(Array.from({ length: 20 }, (_, i) => `b${i}`));
    expect(alice.of("sent")).toHaveLength(20);
    expect(
      [...alice.of("message"), ...bob.of("message")].every(({ message }) => message.integrity.type === "ok"),
    ).toBe(true);
    expect(alice.of("error")).toEqual([]);
    expect(bob.of("error")).toEqual([]);
    expect(alice.agent.securityCode(a)).toEqual(bob.agent.securityCode(b));
    expect(alice.agent.status(a)).toMatchObject({
      postQuantumSent: true,
      postQuantumReceived: true,
      pending: 0,
    });
  });

  it("connects by a contact address", async () => {
    const world = worldOf(2);
    const alice = world.addAgent();
    const bob = world.addAgent();
    const { fullLink } = await within(world, alice.agent.createAddress(alice.profile));
    const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
    await world.until(() => alice.of("request").length === 1);
    const [request] = alice.of("request");
    if (request === undefined) throw new Error("no request");
    expect(utf8Decode(request.info)).toBe("bob");
    const accepted = alice.agent.accept(request.request, utf8Encode("alice"));
    await world.until(() => alice.isConnected(accepted) && bob.isConnected(joined));
    bob.send(joined, "hi");
    await world.until(() => alice.texts().length === 1);
    expect(alice.texts(accepted)).toEqual(["hi"]);
    expect(alice.events.concat(bob.events).filter(({ type }) => type === "error")).toEqual([]);
  });

  it("resolves short links, and connects by them with post-quantum keys from the first message", async () => {
    const world = worldOf(2);
    const alice = world.addAgent();
    const bob = world.addAgent();
    const { connection, shortLink } = await within(
      world,
      alice.agent.createInvitation(alice.profile, { userData: utf8Encode("profile") }),
    );
    if (shortLink === undefined) throw new Error("no short link");
    const resolved = await within(world, bob.agent.resolve(bob.profile, shortLink));
    expect(utf8Decode(resolved.userData ?? new Uint8Array())).toBe("profile");
    expect(resolved.fullLink).toContain("kem_key");
    const joined = bob.agent.join(bob.profile, resolved.fullLink, utf8Encode("bob"));
    await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
    expect(bob.of("connected")[0]?.postQuantum).toBe(true);
    expect(bob.events.concat(alice.events).filter(({ type }) => type === "error")).toEqual([]);
  });

  it("knows an invitation of its own by its short link, and leaves it good for others", async () => {
    const world = worldOf(2);
    const alice = world.addAgent();
    const bob = world.addAgent();
    const { connection, shortLink, fullLink } = await within(
      world,
      alice.agent.createInvitation(alice.profile, { userData: utf8Encode("profile") }),
    );
    if (shortLink === undefined) throw new Error("no short link");
    for (const link of [shortLink, fullLink]) {
      expect((await within(world, alice.agent.resolve(alice.profile, link))).own).toBe(connection);
    }
    const resolved = await within(world, bob.agent.resolve(bob.profile, shortLink));
    expect(resolved.own).toBeUndefined();
    const joined = bob.agent.join(bob.profile, resolved.fullLink, utf8Encode("bob"));
    await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
  });

  it("creates full links alone at relays that are too old for short ones", async () => {
    const world = worldOf(2);
    const { clock, connect } = world;
    const versions = { min: smpVersions.min, max: since.shortLinks - 1 };
    const agent = createAgent({
      store: new MemoryStore(),
      clock,
      random: systemRandom,
      network: smpNetwork(connect, { clock, random: systemRandom, versions }),
    });
    const profile = agent.createProfile(settingsOf(world));
    agent.start(() => undefined);
    for (const create of [agent.createAddress, agent.createInvitation]) {
      const created = create.call(agent, profile, { userData: utf8Encode("profile") });
      const { shortLink, fullLink } = await within(world, created);
      expect(shortLink).toBeUndefined();
      const bob = world.addAgent();
      bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
      await world.until(() => bob.of("joined").length === 1);
    }
    await agent.stop();
  });
});
