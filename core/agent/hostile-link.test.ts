import { describe, expect, it } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import { type ConnectionRequest, queueOf } from "./links/connection-request.ts";
import { formatConnectionRequest, parseConnectionRequest } from "./links/connection-request-text.ts";
import { invitation, joinHonestly, three } from "./testing/stranger.ts";
import { within } from "./testing/world.ts";

describe("a link", () => {
  const future = { min: 90, max: 99 };

  it.each([
    ["of agent versions to come", (request: ConnectionRequest) => ({ ...request, agentVersions: future })],
    [
      "of client versions to come",
      (request: ConnectionRequest) => ({
        ...request,
        queues: request.queues.map((queue) => ({ ...queue, clientVersions: future })),
      }),
    ],
    [
      "of ratchet versions to come",
      (request: ConnectionRequest) => ({
        ...request,
        ratchet: { ...invitation(request).ratchet, versions: future },
      }),
    ],
  ] as const)("%s is refused by name, and works when the range reaches down to ours", async (_, change) => {
    const people = three();
    const { world, alice, bob, join } = people;
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const changed = formatConnectionRequest(change(parseConnectionRequest(fullLink)) as ConnectionRequest);
    expect(() => join(bob, changed)).toThrow("AGENT A_VERSION");
    expect(bob.agent.connections(bob.profile)).toEqual([]);
    await joinHonestly(people, changed.replaceAll("90-99", "1-99"));
  });

  it("that is none, or has parts missing, is refused by name", async () => {
    const { world, alice, bob, join } = three();
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const broken = [
      "",
      "hello",
      "simplex:/invitation#/?v=2-7",
      fullLink.slice(0, -40),
      fullLink.replace("smp=", "smq="),
      fullLink.replace("/invitation", "/visit"),
    ];
    for (const link of broken) expect(() => join(bob, link)).toThrow("AGENT A_LINK");
    expect(bob.agent.connections(bob.profile)).toEqual([]);
  });

  it("with parameters that we don't know works", async () => {
    const people = three();
    const { world, alice } = people;
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    await joinHonestly(people, `${fullLink.replace("?", "?first=1&")}&future=1&x=y`);
  });

  const queueWith = (change: object) => (request: ConnectionRequest) => ({
    ...request,
    queues: [{ ...queueOf(request), ...change }],
  });

  it.each([
    ["a key of low order for its queue", queueWith({ dhKey: new Uint8Array(32) }), "AGENT A_CRYPTO"],
    [
      "a key of low order for the ratchet",
      (request: ConnectionRequest) => ({
        ...request,
        ratchet: { ...invitation(request).ratchet, key1: new Uint8Array(56) },
      }),
      "AGENT A_CRYPTO",
    ],
    ["a sender id that is too long", queueWith({ senderId: new Uint8Array(300) }), "AGENT A_MESSAGE"],
  ] as const)("with %s is reported, and not tried for ever", async (_, change, code) => {
    const people = three();
    const { world, alice, bob, join } = people;
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const b = join(
      bob,
      formatConnectionRequest(change(parseConnectionRequest(fullLink)) as ConnectionRequest),
    );
    await world.until(() => bob.of("error").length > 0);
    expect(bob.of("error")).toMatchObject([{ connection: b, fault: { code } }]);
    expect(bob.agent.unfinished()).toBe(0);
    const another = await within(world, alice.agent.createInvitation(alice.profile));
    await joinHonestly(people, another.fullLink);
  });

  it("of an address with a key of low order is reported, and not tried for ever", async () => {
    const { world, alice, bob, join } = three();
    const { fullLink } = await within(world, alice.agent.createAddress(alice.profile));
    const change = queueWith({ dhKey: new Uint8Array(32) });
    const b = join(bob, formatConnectionRequest(change(parseConnectionRequest(fullLink))));
    await world.until(() => bob.of("error").length > 0);
    expect(bob.of("error")).toMatchObject([{ connection: b, fault: { code: "AGENT A_CRYPTO" } }]);
    expect(bob.agent.unfinished()).toBe(0);
  });

  it.each(["createInvitation", "createAddress"] as const)(
    "of an agent of versions to come, by %s, is resolved when it is short, and refused by name when it is joined",
    async (create) => {
      const people = three();
      const { world, bob, join } = people;
      const later = world.addAgent(undefined, undefined, future);
      const made = await within(
        world,
        later.agent[create](later.profile, { userData: utf8Encode("profile") }),
      );
      if (made.shortLink === undefined) throw new Error("no short link");
      const resolved = await within(world, bob.agent.resolve(bob.profile, made.shortLink));
      expect(resolved.userData).toEqual(utf8Encode("profile"));
      for (const link of [made.fullLink, resolved.fullLink])
        expect(() => join(bob, link)).toThrow("AGENT A_VERSION");
      const { fullLink } = await within(world, people.alice.agent.createInvitation(people.alice.profile));
      await joinHonestly(people, fullLink);
    },
  );
});
