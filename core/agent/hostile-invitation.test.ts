import { describe, expect, it } from "vitest";
import { encode, utf8Encode } from "../bytes/index.ts";
import { systemRandom } from "../crypto/random.ts";
import { x25519 } from "../crypto/x25519.ts";
import { e2eParamsOfVersion, encrypt, joinRatchet } from "../ratchet/ratchet.ts";
import { sealClientMessage } from "../smp/client-message.ts";
import type { AgentFaultCode } from "./api.ts";
import { type ConnectionRequest, queueOf } from "./links/connection-request.ts";
import { parseConnectionRequest } from "./links/connection-request-text.ts";
import { agentMessage } from "./messages/agent-message.ts";
import type { AgentEnvelope } from "./messages/envelope.ts";
import { confirmationPaddedLength } from "./messages/lengths.ts";
import { queueInfoOf } from "./queues/queue-address.ts";
import { oldWayLink } from "./testing/old-way-link.ts";
import {
  invitation,
  joinHonestly,
  junk,
  type Make,
  sealed,
  sendRaw,
  talk,
  three,
} from "./testing/stranger.ts";
import { within } from "./testing/world.ts";
import { clientVersions } from "./versions.ts";

/** A confirmation with keys of a ratchet that fit the invitation, but nothing that this ratchet has encrypted. */
function confirmation(request: ConnectionRequest, agentVersion = 7): AgentEnvelope {
  const { params } = joinRatchet(systemRandom, e2eParamsOfVersion(invitation(request).ratchet, 3), false);
  return { type: "confirmation", agentVersion, ratchet: params, encrypted: junk };
}

const toInvitation: readonly [string, Make, AgentFaultCode][] = [
  ["nothing", () => new Uint8Array(0), "AGENT A_MESSAGE"],
  ["junk", () => junk, "AGENT A_MESSAGE"],
  [
    "a message without keys",
    () =>
      sealClientMessage({ version: 4, key: undefined }, junk.slice(0, 32), systemRandom(24), {
        header: { type: "empty" },
        body: junk,
      }),
    "AGENT A_PROHIBITED",
  ],
  [
    "what is encrypted for somebody else",
    (request) =>
      sealed(
        {
          ...request,
          queues: request.queues.map((queue) => ({
            ...queue,
            dhKey: x25519.generateKeyPair(systemRandom).publicKey,
          })),
        },
        junk,
      ),
    "AGENT A_CRYPTO",
  ],
  ["encrypted junk", (request) => sealed(request, junk), "AGENT A_MESSAGE"],
  [
    "a client version to come",
    (request) => sealed(request, junk, { version: clientVersions.max + 1 }),
    "AGENT A_VERSION",
  ],
  [
    "a message",
    (request) => sealed(request, { type: "message", agentVersion: 7, encrypted: junk }),
    "AGENT A_PROHIBITED",
  ],
  [
    "a request for an address",
    (request) =>
      sealed(request, { type: "invitation", agentVersion: 7, request: invitation(request), info: junk }),
    "AGENT A_PROHIBITED",
  ],
  [
    "a confirmation without keys",
    (request) =>
      sealed(request, { type: "confirmation", agentVersion: 7, ratchet: undefined, encrypted: junk }),
    "AGENT A_PROHIBITED",
  ],
  [
    "a confirmation that its ratchet did not encrypt",
    (request) => sealed(request, confirmation(request)),
    "AGENT A_MESSAGE",
  ],
  [
    "a confirmation of an agent version to come",
    (request) => sealed(request, confirmation(request, 99)),
    "AGENT A_VERSION",
  ],
  [
    "a confirmation of an agent version long gone",
    (request) => sealed(request, confirmation(request, 1)),
    "AGENT A_VERSION",
  ],
];

describe("somebody who knows an invitation", () => {
  it.each(toInvitation)(
    "and sends %s to its queue is reported, and who joins by it is connected",
    async (_, make, code) => {
      const people = three();
      const { world, alice } = people;
      const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
      const request = parseConnectionRequest(fullLink);
      const { relay, senderId } = queueOf(request);
      await sendRaw(world, relay, { senderId, privateKey: undefined }, make(request));
      await world.until(() => alice.of("error").length > 0);
      expect(alice.of("error").map((event) => [event.connection, event.fault.code])).toEqual([
        [connection, code],
      ]);
      await joinHonestly(people, fullLink);
      expect(alice.of("error")).toHaveLength(1);
      expect(alice.of("confirmation")).toHaveLength(1);
    },
  );

  it("and answers with a queue that can't be used, its key being of low order, is reported once allowed", async () => {
    const people = three();
    const { world, alice } = people;
    const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const request = invitation(parseConnectionRequest(fullLink));
    const queue = queueOf(request);
    const { state, params } = joinRatchet(systemRandom, e2eParamsOfVersion(request.ratchet, 3), false);
    const reply = queueInfoOf({ ...queue, dhKey: new Uint8Array(32) }, clientVersions.max);
    const told = encode(agentMessage, { type: "infoReply", queues: [reply], info: utf8Encode("mallory") });
    const { message } = encrypt(state, told.slice(), confirmationPaddedLength(7, false));
    await sendRaw(
      world,
      queue.relay,
      { senderId: queue.senderId, privateKey: undefined },
      sealed(request, { type: "confirmation", agentVersion: 7, ratchet: params, encrypted: message }),
    );
    await world.until(() => alice.of("error").length > 0);
    expect(alice.of("confirmation")).toHaveLength(1);
    expect(alice.of("error")).toMatchObject([{ connection, fault: { code: "AGENT A_CRYPTO" } }]);
    expect(alice.agent.unfinished()).toBe(0);
  });

  it("and joins after somebody else does not disturb the first", async () => {
    const people = three();
    const { world, alice, mallory, join } = people;
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const ends = await joinHonestly(people, fullLink);
    const second = join(mallory, fullLink);
    await world.until(() => mallory.of("error").length > 0);
    expect(mallory.of("error")[0]).toMatchObject({ connection: second, fault: { code: "SMP AUTH" } });
    expect(alice.of("confirmation")).toHaveLength(1);
    await talk(world, ...ends);
  });

  it("and joins at the same time as somebody else: one of them is connected, and the other told", async () => {
    const { world, alice, bob, mallory, join } = three();
    const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const racers = [bob, mallory].map((agent) => ({ agent, id: join(agent, fullLink) }));
    await world.until(() => racers.some(({ agent, id }) => agent.isConnected(id)));
    await world.until(() => racers.some(({ agent }) => agent.of("error").length > 0));
    const [winner, ...others] = racers.filter(({ agent, id }) => agent.isConnected(id));
    const [loser] = racers.filter(({ agent, id }) => !agent.isConnected(id));
    expect(others).toEqual([]);
    expect(loser?.agent.of("error")).toMatchObject([{ connection: loser?.id, fault: { code: "SMP AUTH" } }]);
    if (winner === undefined) throw new Error("nobody is connected");
    await talk(world, [alice, connection], [winner.agent, winner.id]);
  });

  it("and answers in the old way while the answer of somebody else waits to be allowed is reported", async () => {
    const { world, alice, bob, mallory, join } = three();
    alice.autoAllow = undefined;
    const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const old = oldWayLink(fullLink);
    const b = join(bob, old);
    await world.until(() => alice.of("confirmation").length === 1);
    join(mallory, old);
    await world.until(() => alice.of("error").length === 1);
    expect(alice.of("error")).toMatchObject([{ connection, fault: { code: "AGENT A_CRYPTO" } }]);
    const [confirmation] = alice.of("confirmation");
    if (confirmation === undefined) throw new Error("no confirmation");
    alice.agent.allow(connection, confirmation.confirmation, utf8Encode("allowed"));
    await world.until(() => alice.isConnected(connection) && bob.isConnected(b));
    await talk(world, [alice, connection], [bob, b]);
    expect(alice.of("confirmation")).toHaveLength(1);
    expect(mallory.of("connected")).toEqual([]);
  });
});
