import { beforeEach, describe, expect, it } from "vitest";
import { utf8Encode } from "../../bytes/index.ts";
import { ed25519 } from "../../crypto/ed25519.ts";
import { systemRandom } from "../../crypto/random.ts";
import type { AddressLinkOptions, ResolvedLink } from "../api.ts";
import { authorizeOwner, ownerIdLengthMax, ownersMax } from "../links/owners.ts";
import { type TestAgent, World, within } from "../testing/world.ts";
import { linkRelaysMax } from "./link-content.ts";

const newKeys = () => ed25519.generateKeyPair(systemRandom);
const id = (byte: number) => Uint8Array.of(byte);
const userData = utf8Encode("profile");

describe("the link of an address", () => {
  let world: World;
  let alice: TestAgent;
  let bob: TestAgent;

  beforeEach(() => {
    world = new World();
    world.addRelay("one.test");
    alice = world.addAgent();
    bob = world.addAgent();
  });

  const create = (options: AddressLinkOptions = {}) =>
    within(world, alice.agent.createAddress(alice.profile, { userData, ...options }));
  const resolve = (link: string | undefined): Promise<ResolvedLink> =>
    within(world, bob.agent.resolve(bob.profile, link ?? ""));
  const relayLink = async () => (await create()).shortLink ?? "";

  it("has what it was created with, then what it was changed to, also after a restart", async () => {
    const [first, second] = [newKeys(), newKeys()];
    const relays = [await relayLink(), await relayLink()];
    const entityId = utf8Encode("group");
    const { connection, shortLink } = await create({
      direct: false,
      owners: [{ id: id(1), key: first.publicKey }],
      relays,
      entityId,
    });
    const created = await resolve(shortLink);
    expect(created).toMatchObject({ kind: "contact", direct: false, relays, entityId, userData });
    expect(created.owners).toMatchObject([{ id: id(1), key: first.publicKey }]);

    await alice.restart();
    const byFirst = authorizeOwner(id(2), second.publicKey, first.privateKey);
    const changed = utf8Encode("other profile");
    const link = await within(
      world,
      alice.agent.setLinkData(connection, changed, {
        owners: [...created.owners, byFirst],
        relays: relays.slice(1),
        entityId,
      }),
    );
    expect(link).toBe(shortLink);
    const resolved = await resolve(link);
    expect(resolved).toMatchObject({ direct: true, relays: relays.slice(1), entityId, userData: changed });
    expect(resolved.owners).toEqual([...created.owners, byFirst]);
    expect(resolved.rootKey).toEqual(created.rootKey);

    await within(world, alice.agent.setLinkData(connection, userData));
    expect(await resolve(link)).toMatchObject({ direct: true, owners: [], relays: [], entityId, userData });
  });

  it("can be added later with all of it", async () => {
    const { publicKey } = newKeys();
    const relays = [await relayLink()];
    const { connection } = await within(world, alice.agent.createAddress(alice.profile));
    const options = { owners: [{ id: id(1), key: publicKey }], relays, entityId: id(9), direct: false };
    const link = await within(world, alice.agent.setLinkData(connection, userData, options));
    expect(await resolve(link)).toMatchObject({ direct: false, relays, entityId: id(9) });
  });

  it("takes as many owners as a chain of them has, each authorised by the one before, with the longest ids", async () => {
    let by = newKeys();
    const first = { id: new Uint8Array(ownerIdLengthMax).fill(255), key: by.publicKey };
    const chain = Array.from({ length: ownersMax - 1 }, (_, i) => {
      const next = newKeys();
      const owner = authorizeOwner(id(i), next.publicKey, by.privateKey);
      by = next;
      return owner;
    });
    const { shortLink } = await create({ owners: [first, ...chain] });
    expect((await resolve(shortLink)).owners.slice(1)).toEqual(chain);
  });

  it("is refused with owners that nobody who is named before has authorised", async () => {
    const [first, second, stranger] = [newKeys(), newKeys(), newKeys()];
    const one = { id: id(1), key: first.publicKey };
    const bySecond = authorizeOwner(id(3), newKeys().publicKey, second.privateKey);
    const byStranger = authorizeOwner(id(2), second.publicKey, stranger.privateKey);
    const byFirst = authorizeOwner(id(2), second.publicKey, first.privateKey);
    for (const [owners, why] of [
      [[one, byStranger], "Ag is not authorised"],
      [[byFirst, one], "Ag is not authorised"],
      [[one, bySecond, byFirst], "Aw is not authorised"],
      [[one, { ...byFirst, id: id(7) }], "Bw is not authorised"],
      [[one, one], "AQ is there twice"],
      [[one, { id: id(2), key: first.publicKey }], "Ag is there twice"],
    ] as const)
      await expect(create({ owners })).rejects.toThrow(`CMD PROHIBITED: owner ${why}`);
  });

  it("is refused with what is malformed or too much, and keeps what it had", async () => {
    const { publicKey } = newKeys();
    const { connection, shortLink } = await create({ entityId: id(1) });
    const invitation = await within(world, alice.agent.createInvitation(alice.profile, { userData }));
    const owner = { id: id(1), key: publicKey };
    const relay = shortLink ?? "";
    const bad: readonly (readonly [AddressLinkOptions, string])[] = [
      [{ owners: [{ id: new Uint8Array(), key: publicKey }] }, "CMD SYNTAX: owner id"],
      [{ owners: [{ id: new Uint8Array(ownerIdLengthMax + 1), key: publicKey }] }, "CMD SYNTAX: owner id"],
      [{ owners: [{ id: id(1), key: publicKey.subarray(1) }] }, "CMD SYNTAX: key of an owner"],
      [{ owners: [{ ...owner, signature: new Uint8Array(63) }] }, "CMD SYNTAX: signature of an owner"],
      [{ owners: Array.from({ length: ownersMax + 1 }, () => owner) }, "CMD LARGE: owners"],
      [{ relays: Array.from({ length: linkRelaysMax + 1 }, () => relay) }, "CMD LARGE: relays"],
      [{ relays: ["https://relay.test"] }, "AGENT A_LINK: short link"],
      [{ relays: [invitation.shortLink ?? ""] }, "AGENT A_LINK: link of a relay"],
      [{ relays: ["https://relay.test/r#AAAA"] }, "AGENT A_LINK: link of a relay"],
      [{ entityId: new Uint8Array() }, "CMD SYNTAX: entity id"],
      [{ entityId: new Uint8Array(256) }, "CMD SYNTAX: entity id"],
      [{ entityId: id(2) }, "CMD PROHIBITED: entity id of a link can't be changed"],
    ];
    for (const [options, why] of bad)
      await expect(alice.agent.setLinkData(connection, userData, options)).rejects.toThrow(why);
    for (const length of [13_784, 70_000])
      await expect(alice.agent.setLinkData(connection, new Uint8Array(length))).rejects.toThrow("CMD LARGE");
    await expect(
      alice.agent.setLinkData(invitation.connection, userData, { relays: [relay] }),
    ).rejects.toThrow("CMD PROHIBITED: invitation with owners or relays");
    await expect(alice.agent.createAddress(alice.profile, { direct: false })).rejects.toThrow(
      "CMD PROHIBITED: link data without user data",
    );
    expect(await resolve(shortLink)).toMatchObject({ owners: [], relays: [], entityId: id(1), userData });
  });
});
