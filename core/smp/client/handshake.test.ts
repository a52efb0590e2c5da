import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import { systemRandom } from "../../crypto/random.ts";
import type { TransportError } from "../../transport/errors.ts";
import { type MemoryLinkOptions, memoryLink } from "../../transport/memory.ts";
import { nextBlock } from "../../transport/next-block.ts";
import { testIdentity } from "../../transport/testing.ts";
import type { Transport } from "../../transport/transport.ts";
import { type ClientHandshakeOptions, type ClientSession, shakeHands } from "./handshake.ts";
import { acceptClient, type TestRelay, type TestRelayOptions } from "./testing.ts";

const clock = new VirtualClock();
const identity = testIdentity(clock.nowMs());
const stranger = testIdentity(clock.nowMs());
const sessionId = systemRandom(32);

interface Setting {
  readonly link?: Partial<MemoryLinkOptions>;
  readonly relay?: Partial<TestRelayOptions>;
  readonly client?: Partial<ClientHandshakeOptions>;
}

function connect({ link, relay, client }: Setting): {
  session: Promise<ClientSession>;
  relay: Promise<TestRelay>;
  client: Transport;
} {
  const ends = memoryLink({ clock, sessionId, serverChain: identity.certificateChain, ...link });
  const accepted = acceptClient(ends.server, { identity, clock, ...relay });
  const session = shakeHands(ends.client, {
    keyHash: identity.keyHash,
    clock,
    random: systemRandom,
    timeoutMs: 1000,
    ...client,
  });
  accepted.catch(() => undefined);
  return { session, relay: accepted, client: ends.client };
}

const refusal = async (setting: Setting): Promise<TransportError> =>
  connect(setting).session.then(
    () => Promise.reject(new Error("was not refused")),
    (error: TransportError) => error,
  );

describe("the client's handshake", () => {
  test.each(["tls", "websocket"] as const)(
    "agrees on the highest version and on block keys (%s)",
    async (door) => {
      const { session, relay, client } = connect({
        link: { door },
        relay: { versions: { min: 6, max: 15 } },
      });
      const { version, sessionId: agreed, blocks } = await session;
      expect(version).toBe(15);
      const accepted = await relay;
      expect(agreed).toEqual(accepted.sessionId);
      expect(accepted.agreed.keyHash).toEqual(identity.keyHash);
      accepted.send({ message: { type: "PONG" } });
      const block = await nextBlock(client, clock, 1000);
      expect(() => blocks.open(block)).not.toThrow();
    },
  );

  test("on the WebSocket door, the session id is the relay's own", async () => {
    const { session } = connect({ link: { door: "websocket" } });
    expect((await session).sessionId).not.toEqual(sessionId);
  });

  const refusals: readonly (readonly [string, TransportError["code"], Setting])[] = [
    ["another session id than that of TLS", "session-id", { relay: { sessionId: systemRandom(32) } }],
    [
      "a short session id on the WebSocket door",
      "session-id",
      { link: { door: "websocket" }, relay: { sessionId: systemRandom(16) } },
    ],
    ["only versions that are too new", "version", { relay: { versions: { min: 19, max: 20 } } }],
    [
      "versions without block encryption on the WebSocket door",
      "version",
      { link: { door: "websocket" }, relay: { versions: { min: 6, max: 10 } } },
    ],
    [
      "no session key on the WebSocket door",
      "handshake",
      { link: { door: "websocket" }, relay: { withKey: false } },
    ],
    [
      "a proxy on the WebSocket door",
      "handshake",
      { link: { door: "websocket" }, client: { isProxy: true } },
    ],
    ["another identity", "identity", { relay: { identity: stranger } }],
    [
      "another certificate than that of TLS",
      "identity",
      { link: { serverChain: stranger.certificateChain } },
    ],
    ["a key signed by a stranger", "handshake", { relay: { signer: stranger } }],
    [
      "a chain without an identity certificate",
      "certificate",
      { relay: { identity: { ...identity, certificateChain: identity.certificateChain.slice(0, 1) } } },
    ],
    [
      "a chain that does not parse",
      "certificate",
      { relay: { identity: { ...identity, certificateChain: [Uint8Array.of(1), Uint8Array.of(2)] } } },
    ],
    [
      "a leaf that the pinned identity did not sign",
      "certificate",
      {
        link: { serverChain: [] },
        relay: {
          identity: {
            ...stranger,
            certificateChain: [
              ...stranger.certificateChain.slice(0, 1),
              ...identity.certificateChain.slice(1),
            ],
          },
        },
      },
    ],
    [
      "a block that is no handshake",
      "block",
      { link: { intercept: () => new Uint8Array(16_384).fill(0xff) } },
    ],
  ];

  test.each(refusals)("refuses %s, and says %s", async (_what, code, setting) => {
    expect(await refusal(setting)).toMatchObject({ code, retryable: code === "block" });
  });

  test("refuses an expired certificate, and says so", async () => {
    const old = testIdentity(clock.nowMs() - 100 * 86_400_000);
    const error = await refusal({
      relay: { identity: old },
      client: { keyHash: old.keyHash },
      link: { serverChain: [] },
    });
    expect(error).toMatchObject({ code: "certificate", message: expect.stringContaining("expired") });
  });

  test("gives up on a relay that says nothing", async () => {
    const failed = refusal({ link: { intercept: () => undefined } });
    await clock.advance(1000);
    expect((await failed).code).toBe("timeout");
  });

  test("an edge that changes the session id leaves both sides with keys that do not fit", async () => {
    const { session, relay } = connect({
      link: {
        door: "websocket",
        intercept(block, direction) {
          // The session id begins after the padding length, two versions and its own length.
          const isHello = direction === "to-client" && block[6] === 32;
          return isHello ? block.map((byte, i) => (i === 7 ? byte ^ 1 : byte)) : block;
        },
      },
    });
    const client = await session;
    const accepted = await relay;
    expect(client.sessionId).not.toEqual(accepted.sessionId);
    let block: Uint8Array | undefined;
    accepted.transport.send = (sent) => {
      block = sent;
      return true;
    };
    accepted.send({ message: { type: "PONG" } });
    expect(() => client.blocks.open(block ?? new Uint8Array(0))).toThrow("does not decrypt");
  });

  test("a proxy takes at most version 10 with a relay that knows no proxy flag", async () => {
    const { session } = connect({ relay: { versions: { min: 6, max: 13 } }, client: { isProxy: true } });
    expect((await session).version).toBe(10);
  });
});
