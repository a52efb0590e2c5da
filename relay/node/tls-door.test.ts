import { setImmediate } from "node:timers";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../core/clock/system.ts";
import { certificateFingerprint, parseCertificate, signPublicKey } from "../../core/crypto/certificate.ts";
import { ed25519 } from "../../core/crypto/ed25519.ts";
import { generateKeyPair } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import type { Credentials } from "../../core/transport/credentials.ts";
import { connectTls } from "../../core/transport/node/tls-client.ts";
import { blockLength } from "../../core/transport/transport.ts";
import type { RelayIdentity } from "../identity/identity.ts";
import type { RelayLimits } from "../settings/limits.ts";
import { TestClient } from "../testing/client.ts";
import { testIdentity } from "../testing/identity.ts";
import { sendAndFallSilent } from "../testing/misuse.ts";
import { createQueue, idOf, sendCommand, textOf } from "../testing/queue.ts";
import { testRelay } from "../testing/relay.ts";
import { openTlsDoor } from "./tls-door.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function startRelay(identity: RelayIdentity, limits: Partial<RelayLimits> = {}) {
  const { relay } = testRelay({ identity, clock: systemClock, limits, defer: setImmediate });
  const door = await openTlsDoor(relay, { host: "127.0.0.1", port: 0 });
  cleanups.push(
    () => relay.stop(),
    () => door.close(),
  );
  const dial = (serviceCredentials?: Credentials) =>
    connectTls({
      host: "127.0.0.1",
      port: door.port,
      timeoutMs: 30_000,
      keyHash: identity.keyHash,
      nowMs: () => systemClock.nowMs(),
      serviceCredentials,
    });
  return { relay, dial, port: door.port };
}

describe("the TLS door", () => {
  it.each(["Ed25519", "Ed448"] as const)(
    "serves clients of the network with an %s identity",
    async (algorithm) => {
      const identity = testIdentity(algorithm);
      const { dial } = await startRelay(identity);
      const recipient = await TestClient.connect(await dial(), identity.keyHash);
      const sender = await TestClient.connect(await dial(), identity.keyHash);
      const queue = await createQueue(recipient, { secured: true });
      const { senderKey, senderId, recipientKey, recipientId } = queue;
      expect(await sender.request(sendCommand("hello"), senderId, senderKey.privateKey)).toEqual({
        type: "OK",
      });
      const { message } = await recipient.event();
      expect(textOf(queue, message)).toBe("hello");
      const ack = { type: "ACK", messageId: idOf(message) } as const;
      expect(await recipient.request(ack, recipientId, recipientKey.privateKey)).toEqual({ type: "OK" });
      recipient.close();
      sender.close();
    },
  );

  it.each([
    ["nothing", new Uint8Array(0)],
    ["half a ClientHello", Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01)],
  ])(
    "keeps clients that send %s at the bound of their address, and cuts them off after their time",
    async (_, sent) => {
      const identity = testIdentity();
      const limits = { connectionsPerAddressMax: 5, handshakeTimeoutSeconds: 3 };
      const { dial, port } = await startRelay(identity, limits);
      await sendAndFallSilent(port, sent);
      const client = await TestClient.connect(await dial(), identity.keyHash);
      expect(await client.request({ type: "PING" })).toEqual({ type: "PONG" });
      client.close();
    },
  );

  it("ends a client that sends garbage in TLS, and serves others", async () => {
    const identity = testIdentity();
    const { dial, relay } = await startRelay(identity);
    const other = await TestClient.connect(await dial(), identity.keyHash);
    for (let time = 0; time < 5; time++) {
      const transport = await dial();
      const ended = new Promise((resolve) => transport.receive({ block: () => undefined, closed: resolve }));
      transport.send(systemRandom(blockLength));
      await ended;
    }
    expect(await other.request({ type: "PING" })).toEqual({ type: "PONG" });
    expect(relay.connectionCount).toBe(1);
    other.close();
  });

  it("knows a service by the certificate that it shows in TLS and in the handshake", async () => {
    const identity = testIdentity();
    const { dial } = await startRelay(identity);
    const credentials: Credentials = testIdentity();
    const [leaf, authority] = credentials.certificateChain;
    if (leaf === undefined || authority === undefined) throw new Error("chain is too short");
    const sessionKey = generateKeyPair("Ed25519", systemRandom);
    const service = {
      offer: {
        role: "notifier" as const,
        signedKey: {
          certificateChain: credentials.certificateChain,
          signedKey: signPublicKey(credentials.privateKey, sessionKey.publicKey),
        },
      },
      session: {
        certificateHash: certificateFingerprint(parseCertificate(authority)),
        privateKey: sessionKey.privateKey.key,
      },
    };
    const client = await TestClient.connect(await dial(credentials), identity.keyHash, { service });
    expect(client.serviceId).toHaveLength(24);
    const again = await TestClient.connect(await dial(credentials), identity.keyHash, { service });
    expect(again.serviceId).toEqual(client.serviceId);
    const [subscribed] = await again.exchange({
      command: { type: "NSUBS" },
      entityId: again.serviceId ?? new Uint8Array(24),
      key: sessionKey.privateKey,
    });
    expect(subscribed?.message).toEqual({ type: "SOKS", count: 0 });
    expect(ed25519.publicKey(sessionKey.privateKey.key)).toEqual(sessionKey.publicKey.key);
    await expect(
      dial().then((plain) => TestClient.connect(plain, identity.keyHash, { service })),
    ).rejects.toThrow("service is rejected");
  });
});
