import { describe, expect, it } from "vitest";
import {
  base64urlEncodeUnpadded,
  char,
  concat,
  encode,
  largeText,
  utf8Decode,
  utf8Encode,
  word16,
} from "../bytes/index.ts";
import { encodePublicKey, generateKeyPair, publicKeyOf } from "../crypto/keys.ts";
import { systemRandom } from "../crypto/random.ts";
import { formatE2eParamsUri, invitationKeys } from "../ratchet/ratchet.ts";
import type { AgentFaultCode, RequestId } from "./api.ts";
import { type ConnectionRequest, queueOf } from "./links/connection-request.ts";
import { formatConnectionRequest, parseConnectionRequest } from "./links/connection-request-text.ts";
import type { AgentEnvelope } from "./messages/envelope.ts";
import { putRequest } from "./state/requests.ts";
import { settingsOf } from "./testing/pair.ts";
import { junk, type Make, sealed, sendRaw, talk, three } from "./testing/stranger.ts";
import { within } from "./testing/world.ts";

/** An invitation that fits into a message, with parts that are escaped twice when it is written. */
function growing(request: ConnectionRequest): string {
  const hosts = (count: number) => Array.from({ length: count }, () => "::").join(",");
  const { dhKey } = queueOf(request);
  const dh = base64urlEncodeUnpadded(encodePublicKey({ algorithm: "X25519", key: dhKey }));
  const queue = `smp://AA==@${hosts(255)}/AA==#/?v=1-4%26dh=${dh}%26srv=${hosts(254)}`;
  const e2e = formatE2eParamsUri(invitationKeys(systemRandom, false).params);
  const queues = Array.from({ length: 9 }, () => queue).join("%3B");
  return `simplex:/invitation#/?v=2-7&smp=${queues}&e2e=${encodeURIComponent(e2e)}`;
}

describe("somebody who knows an address", () => {
  const ask = (request: ConnectionRequest, agentVersions = { min: 2, max: 7 }): AgentEnvelope => ({
    type: "invitation",
    agentVersion: 7,
    request: {
      ...request,
      mode: "invitation",
      agentVersions,
      ratchet: invitationKeys(systemRandom, false).params,
    },
    info: utf8Encode("mallory"),
  });

  async function address() {
    const people = three();
    const { world, alice } = people;
    const { connection, fullLink } = await within(world, alice.agent.createAddress(alice.profile));
    const request = parseConnectionRequest(fullLink);
    const { relay, senderId } = queueOf(request);
    const send = (body: Uint8Array) => sendRaw(world, relay, { senderId, privateKey: undefined }, body);
    const expectStillGood = async () => {
      const b = people.join(people.bob, fullLink);
      await world.until(() => alice.of("request").some(({ info }) => utf8Decode(info) === "hello"));
      const honest = alice.of("request").find(({ info }) => utf8Decode(info) === "hello");
      const a = alice.agent.accept(honest?.request ?? ("" as RequestId), utf8Encode("accepted"));
      await world.until(() => people.bob.isConnected(b) && alice.isConnected(a));
      await talk(world, [alice, a], [people.bob, b]);
    };
    return { ...people, connection, request, send, expectStillGood };
  }

  const errors: readonly [string, Make, AgentFaultCode][] = [
    ["nothing", () => new Uint8Array(0), "AGENT A_MESSAGE"],
    ["junk", () => junk, "AGENT A_MESSAGE"],
    ["encrypted junk", (request) => sealed(request, junk), "AGENT A_MESSAGE"],
    [
      "a message",
      (request) => sealed(request, { type: "message", agentVersion: 7, encrypted: junk }),
      "AGENT A_PROHIBITED",
    ],
    [
      "a confirmation",
      (request) =>
        sealed(
          request,
          { type: "confirmation", agentVersion: 7, ratchet: undefined, encrypted: junk },
          {
            header: {
              type: "confirmation",
              senderKey: publicKeyOf(generateKeyPair("Ed25519", systemRandom).privateKey),
            },
          },
        ),
      "AGENT A_PROHIBITED",
    ],
  ];

  it.each(errors)(
    "and sends %s to it is reported, and who asks there is connected",
    async (_, make, code) => {
      const { world, alice, connection, request, send, expectStillGood } = await address();
      await send(make(request));
      await world.until(() => alice.of("error").length > 0);
      expect(alice.of("error").map((event) => [event.connection, event.fault.code])).toEqual([
        [connection, code],
      ]);
      await expectStillGood();
      expect(alice.of("error")).toHaveLength(1);
      expect(alice.of("request")).toHaveLength(1);
    },
  );

  it("and asks again with the same invitation is shown once", async () => {
    const { world, alice, request, send, expectStillGood } = await address();
    const asked = ask(request);
    for (let i = 0; i < 3; i++) await send(sealed(request, asked));
    await world.until(() => alice.of("request").length > 0);
    await expectStillGood();
    expect(alice.of("request")).toHaveLength(2);
    expect(alice.of("error")).toEqual([]);
  });

  it("and asks with an invitation that grows beyond what can be stored when it is written again is reported", async () => {
    const { world, alice, connection, request, send, expectStillGood } = await address();
    const text = growing(request);
    expect(formatConnectionRequest(parseConnectionRequest(text)).length).toBeGreaterThan(65_535);
    await send(
      sealed(
        request,
        concat(encode(word16, 7), encode(char, "I"), encode(largeText, text), utf8Encode("mallory")),
      ),
    );
    await world.until(() => alice.of("error").length > 0);
    expect(alice.of("error")).toMatchObject([{ connection, fault: { code: "AGENT A_MESSAGE" } }]);
    await expectStillGood();
    expect(alice.of("request")).toHaveLength(1);
  });

  it("and asks with versions to come is refused by name when accepted", async () => {
    const { world, alice, request, send, expectStillGood } = await address();
    await send(sealed(request, ask(request, { min: 90, max: 99 })));
    await world.until(() => alice.of("request").length > 0);
    const [asked] = alice.of("request");
    const before = alice.agent.connections(alice.profile);
    expect(() => alice.agent.accept(asked?.request ?? ("" as RequestId), utf8Encode("hi"))).toThrow(
      "AGENT A_VERSION",
    );
    expect(alice.agent.connections(alice.profile)).toEqual(before);
    await expectStillGood();
  });

  it("and asks without end is refused by name at the bound, until requests are answered", async () => {
    const { world, alice, bob, connection, request, join, send, expectStillGood } = await address();
    const ids = Array.from({ length: 10_000 }, () => base64urlEncodeUnpadded(systemRandom(12)) as RequestId);
    alice.store.transaction((tx) => {
      for (const id of ids)
        putRequest(tx, id, { address: connection, profile: alice.profile, link: "", info: junk });
    });
    await send(sealed(request, ask(request)));
    await world.until(() => alice.of("error").length > 0);
    expect(alice.of("error")).toMatchObject([{ connection, fault: { code: "AGENT A_PROHIBITED" } }]);
    expect(alice.of("request")).toEqual([]);
    // Nothing shows that an address of another profile is of the same agent.
    const other = alice.agent.createProfile(settingsOf(world));
    const another = await within(world, alice.agent.createAddress(other));
    join(bob, another.fullLink);
    await world.until(() => alice.of("request").length === 1);
    expect(alice.of("request")).toMatchObject([{ profile: other, connection: another.connection }]);
    alice.events.length = 0;
    alice.agent.reject(ids[0] ?? ("" as RequestId));
    await expectStillGood();
  });
});
