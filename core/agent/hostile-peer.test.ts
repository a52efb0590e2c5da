import { describe, expect, it } from "vitest";
import { encode, utf8Encode } from "../bytes/index.ts";
import { sha256 } from "../crypto/hash.ts";
import { systemRandom } from "../crypto/random.ts";
import { skippedInRowMax } from "../ratchet/ratchet.ts";
import { sealClientMessage } from "../smp/client-message.ts";
import type { AgentFaultCode, Integrity } from "./api.ts";
import { type AgentMessage, type AMessage, agentMessage } from "./messages/agent-message.ts";
import { agentEnvelope } from "./messages/envelope.ts";
import type { QueueName } from "./queues/queue-address.ts";
import { tables } from "./state/tables.ts";
import { type Forger, sendForged } from "./testing/forge.ts";
import { sendRaw } from "./testing/stranger.ts";
import { connectPair, exchange, World } from "./testing/world.ts";
import { clientVersions } from "./versions.ts";

/** Alice is connected with Bob, who is honest, and with Mallory, who has all keys of her side and does what she likes. */
async function three() {
  const world = new World();
  world.addRelay("one.test");
  const [alice, bob, mallory] = [world.addAgent(), world.addAgent(), world.addAgent()];
  const [a, b] = await connectPair(world, alice, bob);
  const [toMallory, m] = await connectPair(world, alice, mallory);
  mallory.send(m, "first");
  await world.until(() => alice.texts(toMallory).length === 1);
  return {
    world,
    alice,
    mallory,
    toMallory,
    m,
    forge: (make: (forger: Forger) => Uint8Array) => sendForged(mallory, m, make),
    withBob: () => exchange(world, [alice, a], [bob, b]),
    withMallory: () => exchange(world, [alice, toMallory], [mallory, m]),
  };
}

const bothOk = ["ok", "ok"];
const text = (body: string): AMessage => ({ type: "message", body: utf8Encode(body) });

/** The message that is due next of a peer, but for what is changed. */
function next(
  { record }: Forger,
  change: Partial<Extract<AgentMessage, { readonly type: "message" }>> = {},
): AgentMessage {
  const { sentId, sentHash } = record;
  return {
    type: "message",
    sharedId: sentId + 1,
    previousHash: sentHash,
    message: text("forged"),
    ...change,
  };
}

const unknownQueue = (forger: Forger) => ({
  relay: forger.record.receive[0]?.relay ?? missing(),
  senderId: new Uint8Array(24),
});

function missing(): never {
  throw new Error("connection has no queue");
}

describe("a hostile peer", () => {
  const junk = new Uint8Array(200).fill(7);
  const errors: readonly [string, (forger: Forger) => Uint8Array, AgentFaultCode][] = [
    ["sends nothing at all", () => new Uint8Array(0), "AGENT A_MESSAGE"],
    ["sends an envelope of an unknown kind", () => Uint8Array.of(0, 7, 0x5a), "AGENT A_MESSAGE"],
    ["sends a message that no ratchet made", (forger) => malformed(forger), "AGENT A_MESSAGE"],
    [
      "cuts a message off in its header",
      (forger) => forger.message(next(forger)).subarray(0, 400),
      "AGENT A_MESSAGE",
    ],
    ["encrypts what is no message", (forger) => forger.envelope(junk), "AGENT A_MESSAGE"],
    ["encrypts nothing", (forger) => forger.envelope(new Uint8Array(0)), "AGENT A_MESSAGE"],
    [
      "adds bytes to a message that takes none",
      (forger) =>
        forger.envelope(
          Uint8Array.of(...encode(agentMessage, next(forger, { message: { type: "hello" } })), 1),
        ),
      "AGENT A_MESSAGE",
    ],
    [
      "gives a number that is too large",
      (forger) => {
        const bytes = encode(agentMessage, next(forger)).slice();
        bytes.fill(0x7f, 1, 9);
        return forger.envelope(bytes);
      },
      "AGENT A_MESSAGE",
    ],
    [
      "tells about itself again",
      (forger) => forger.message({ type: "info", info: junk }),
      "AGENT A_PROHIBITED",
    ],
    [
      "says hello again",
      (forger) => forger.message(next(forger, { message: { type: "hello" } })),
      "AGENT A_PROHIBITED",
    ],
    [
      "confirms the queue again",
      () =>
        encode(agentEnvelope, {
          type: "confirmation",
          agentVersion: 7,
          ratchet: undefined,
          encrypted: junk,
        }).slice(),
      "AGENT A_PROHIBITED",
    ],
    [
      "uses a queue that was not added",
      (forger) =>
        forger.message(
          next(forger, { message: { type: "queueUse", queues: [[unknownQueue(forger), true]] } }),
        ),
      "AGENT A_QUEUE",
    ],
    [
      "ends a queue that is not there",
      (forger) =>
        forger.message(next(forger, { message: { type: "queueEnd", queues: [unknownQueue(forger)] } })),
      "AGENT A_QUEUE",
    ],
  ];

  it.each(errors)("that %s is reported, and every connection stays usable", async (_, make, code) => {
    const { alice, toMallory, forge, withBob, withMallory, world } = await three();
    await forge(make);
    await world.until(() => alice.of("error").length > 0);
    expect(alice.of("error").map(({ connection, fault }) => [connection, fault.code])).toEqual([
      [toMallory, code],
    ]);
    expect(alice.texts(toMallory)).toEqual(["first"]);
    expect(await withBob()).toEqual(bothOk);
    // What Mallory has said does not keep her from saying more.
    await withMallory();
    expect(alice.of("error")).toHaveLength(1);
  });

  const integrities: readonly [string, (forger: Forger) => Uint8Array, Integrity["type"]][] = [
    [
      "names another message before",
      (forger) => forger.message(next(forger, { previousHash: sha256(junk) })),
      "badHash",
    ],
    [
      "names no message before",
      (forger) => forger.message(next(forger, { previousHash: new Uint8Array(0) })),
      "badHash",
    ],
    [
      "gives a number again",
      (forger) => forger.message(next(forger, { sharedId: forger.record.sentId })),
      "duplicate",
    ],
    ["gives an earlier number", (forger) => forger.message(next(forger, { sharedId: 1 })), "badId"],
    ["gives the number 0", (forger) => forger.message(next(forger, { sharedId: 0 })), "badId"],
    [
      "leaves numbers out",
      (forger) => forger.message(next(forger, { sharedId: forger.record.sentId + 3 })),
      "skipped",
    ],
    [
      "gives the highest number",
      (forger) => forger.message(next(forger, { sharedId: Number.MAX_SAFE_INTEGER })),
      "skipped",
    ],
  ];

  it.each(integrities)("that %s has that told with the message", async (_, make, integrity) => {
    const { alice, toMallory, forge, withBob, withMallory, world } = await three();
    await forge(make);
    await world.until(() => alice.texts(toMallory).length === 2);
    expect(alice.of("message").at(-1)?.message.integrity.type).toBe(integrity);
    expect(await withBob()).toEqual(bothOk);
    await withMallory();
    expect(alice.of("error")).toEqual([]);
  });

  it("that sends the very same message again shows nothing twice", async () => {
    const { alice, toMallory, forge, withBob, withMallory } = await three();
    let envelope = new Uint8Array(0);
    await forge((forger) => {
      envelope = forger.message(next(forger)).slice();
      return envelope;
    });
    await forge(() => envelope);
    await withMallory();
    expect(alice.texts(toMallory).filter((one) => one === "forged")).toHaveLength(1);
    expect(alice.of("error")).toEqual([]);
    expect(await withBob()).toEqual(bothOk);
  });

  it.each(["messaging", "contact"] as const)(
    "that adds queue after queue, each of mode %s in place of the one before, has no more than one more sent to",
    async (mode) => {
      const { alice, toMallory, forge, withBob, world } = await three();
      let replaced: QueueName | undefined;
      for (let i = 1; i <= 4; i++) {
        await forge((forger) => {
          const { relay, senderId } = forger.record.receive[0] ?? missing();
          const before = replaced ?? { relay, senderId };
          // Nobody can reach it, so that it stays as it is.
          replaced = {
            relay: { ...relay, hosts: [{ form: "domain", name: "nowhere.test" }] },
            senderId: new Uint8Array(24).fill(i),
          };
          const added = { ...replaced, clientVersions, dhKey: new Uint8Array(32).fill(9), mode };
          return forger.message(next(forger, { message: { type: "queueAdd", queues: [[added, before]] } }));
        });
      }
      await world.until(() => alice.of("error").length === 3);
      for (const { connection, fault } of alice.of("error"))
        expect([connection, fault.code]).toEqual([toMallory, "AGENT A_QUEUE"]);
      expect(alice.agent.status(toMallory).send).toHaveLength(2);
      expect(await withBob()).toEqual(bothOk);
    },
  );

  it("of a version to come is understood as far as we know it", async () => {
    const { alice, toMallory, forge, withBob, withMallory, world } = await three();
    await forge((forger) => forger.message(next(forger), 99));
    await world.until(() => alice.texts(toMallory).length === 2);
    expect(alice.agent.status(toMallory).agentVersion).toBe(8);
    expect(alice.of("error")).toEqual([]);
    await withMallory();
    expect(await withBob()).toEqual(bothOk);
  });

  it("whose ratchet runs too far ahead is reported, and is in order again after a new agreement", async () => {
    const { alice, mallory, toMallory, forge, withBob, withMallory, world } = await three();
    await forge((forger) => {
      forger.skip(skippedInRowMax + 1);
      return forger.message(next(forger));
    });
    await world.until(() => alice.of("ratchetSync").length > 0);
    expect(alice.of("error")).toMatchObject([
      { connection: toMallory, fault: { code: "AGENT A_CRYPTO", detail: "RATCHET_SKIPPED" } },
    ]);
    expect(await withBob()).toEqual(bothOk);
    alice.agent.synchronizeRatchet(toMallory);
    await world.until(() => mallory.of("ratchetSync").at(-1)?.state === "ok");
    await withMallory();
    expect(await withBob()).toEqual(bothOk);
  });

  it("that confirms what was never sent, or something else than what was sent, changes nothing or is told", async () => {
    const { alice, toMallory, forge, withBob, withMallory, world } = await three();
    const sent = alice.send(toMallory, "to Mallory");
    await world.until(() => alice.of("sent").some(({ id }) => id === sent));
    const receipt = (sharedId: number) => ({ sharedId, hash: systemRandom(32), info: new Uint8Array(0) });
    await forge((forger) =>
      forger.message(
        next(forger, {
          message: { type: "receipts", receipts: [receipt(9_999), receipt(forger.record.receivedId)] },
        }),
      ),
    );
    await world.until(() => alice.of("receipt").length > 0);
    expect(alice.of("receipt").flatMap(({ receipts }) => receipts)).toEqual([
      { id: sent, status: "badHash" },
    ]);
    await withMallory();
    expect(await withBob()).toEqual(bothOk);
  });

  it.each([
    ["cuts a message off in its body", (envelope: Uint8Array) => envelope.subarray(0, 10_000)],
    [
      "damages a message",
      (envelope: Uint8Array) => envelope.map((byte, i) => (i === 9_000 ? byte ^ 1 : byte)),
    ],
  ])("that %s is reported as one with which a new ratchet may be agreed on", async (_, damage) => {
    const { alice, toMallory, forge, withBob, withMallory, world } = await three();
    await forge((forger) => damage(forger.message(next(forger))));
    await world.until(() => alice.of("error").length > 0);
    expect(alice.of("error")).toMatchObject([
      { connection: toMallory, fault: { code: "AGENT A_CRYPTO", detail: "DECRYPT_AES" } },
    ]);
    expect(alice.of("ratchetSync")).toMatchObject([{ connection: toMallory, state: "allowed" }]);
    expect(await withBob()).toEqual(bothOk);
    await withMallory();
    expect(alice.of("ratchetSync").at(-1)).toMatchObject({ connection: toMallory, state: "ok" });
  });

  it("that speaks a client version to come is refused by name", async () => {
    const { alice, mallory, toMallory, m, withBob, withMallory, world } = await three();
    const queue = mallory.store.transaction((tx) => tables.connections.get(tx, m)?.send[0]) ?? missing();
    const header = { version: clientVersions.max + 1, key: undefined };
    const message = { header: { type: "empty" as const }, body: junk };
    const body = sealClientMessage(header, queue.secret, systemRandom(24), message);
    await sendRaw(world, queue.relay, { senderId: queue.senderId, privateKey: queue.authKey }, body);
    await world.until(() => alice.of("error").length > 0);
    expect(alice.of("error")).toMatchObject([{ connection: toMallory, fault: { code: "AGENT A_VERSION" } }]);
    expect(await withBob()).toEqual(bothOk);
    expect(await withMallory()).toEqual(bothOk);
  });
});

/** An envelope of a message with junk where the ratchet's part should be. */
function malformed({ record }: Forger): Uint8Array {
  return encode(agentEnvelope, {
    type: "message",
    agentVersion: record.agentVersion,
    encrypted: new Uint8Array(200).fill(7),
  }).slice();
}
