import { describe, expect, test } from "vitest";
import { equalBytes } from "../../bytes/index.ts";
import { VirtualClock } from "../../clock/virtual.ts";
import { parseCertificate, verifySignedPublicKey } from "../../crypto/certificate.ts";
import { ed25519 } from "../../crypto/ed25519.ts";
import { generateKeyPair, type PublicKey } from "../../crypto/keys.ts";
import { systemRandom } from "../../crypto/random.ts";
import { memoryLink } from "../../transport/memory.ts";
import { testIdentity } from "../../transport/testing.ts";
import { isAuthorized } from "../authorization.ts";
import type { SmpClient } from "./client.ts";
import { startClient } from "./connect.ts";
import { acceptClient, type TestRelay, type TestRelayOptions, testServiceId } from "./testing.ts";

const clock = new VirtualClock();
const identity = testIdentity(clock.nowMs());
const service = testIdentity(clock.nowMs());
const { publicKey, privateKey } = generateKeyPair("Ed25519", systemRandom);
const queue = { recipientId: new Uint8Array(24).fill(1), privateKey };

async function connect(
  options: Partial<TestRelayOptions> = {},
  shown = true,
): Promise<{ client: SmpClient; relay: TestRelay }> {
  const ends = memoryLink({
    clock,
    sessionId: systemRandom(32),
    serverChain: identity.certificateChain,
    ...(shown ? { clientChain: service.certificateChain } : {}),
  });
  const accepted = acceptClient(ends.server, { identity, clock, ...options });
  const client = await startClient(ends.client, identity.keyHash, {
    clock,
    random: systemRandom,
    service: { role: "messaging", credentials: service },
  });
  return { client, relay: await accepted };
}

/** The key of the session that the handshake told, if the service's certificate signed it. */
function serviceKey(relay: TestRelay): PublicKey {
  const signed = relay.agreed.service?.signedKey;
  const [leaf] = signed?.certificateChain ?? [];
  if (signed === undefined || leaf === undefined) throw new Error("no service came");
  const { publicKey: leafKey } = parseCertificate(leaf);
  if (leafKey === undefined) throw new Error("certificate has no key");
  return verifySignedPublicKey(leafKey, signed.signedKey);
}

describe("a client with a service certificate", () => {
  test("shows its chain and a key that the certificate signed, and gets its id", async () => {
    const { client, relay } = await connect();
    expect(client.session.service?.serviceId).toEqual(testServiceId);
    expect(client.session.service?.certificateHash).toEqual(service.keyHash);
    expect(relay.agreed.service?.role).toBe("messaging");
    expect(relay.agreed.service?.signedKey.certificateChain).toEqual(service.certificateChain);
    expect(serviceKey(relay).algorithm).toBe("Ed25519");
  });

  test("signs SUB twice: the queue's key covers the certificate, the service's key the command", async () => {
    const { client, relay } = await connect();
    relay.answer = () => ({ type: "SOK", serviceId: testServiceId });
    const subscribed = await client.subscribeQueue(queue);
    expect(subscribed !== undefined && equalBytes(subscribed, testServiceId)).toBe(true);
    const [command] = relay.commands;
    if (command?.serviceSignature === undefined) throw new Error("no service signature came");
    const never = () => new Uint8Array(32);
    expect(isAuthorized(publicKey, command, never, service.keyHash)).toBe(true);
    expect(isAuthorized(publicKey, command, never)).toBe(false);
    expect(ed25519.verify(serviceKey(relay).key, command.authorized, command.serviceSignature)).toBe(true);
  });

  test("signs other commands with the queue's key alone", async () => {
    const { client, relay } = await connect();
    relay.answer = () => ({ type: "OK" });
    await client.suspendQueue(queue);
    const [command] = relay.commands;
    if (command === undefined) throw new Error("nothing came");
    expect(command.serviceSignature).toBeUndefined();
    expect(isAuthorized(publicKey, command, () => new Uint8Array(32))).toBe(true);
  });

  test("subscribes to all its queues with one command, signed with the service's key", async () => {
    const { client, relay } = await connect();
    relay.answer = () => ({ type: "SOKS", count: 12 });
    expect(await client.subscribeService()).toBe(12);
    expect(await client.subscribeNotificationService()).toBe(12);
    const [command] = relay.commands;
    if (command?.authorization?.type !== "signature") throw new Error("no signature came");
    expect(command.entityId).toEqual(testServiceId);
    expect(command.serviceSignature).toBeUndefined();
    expect(ed25519.verify(serviceKey(relay).key, command.authorized, command.authorization.signature)).toBe(
      true,
    );
  });

  test("is told when the relay does not accept the certificate", async () => {
    const serviceAnswer = { type: "rejected", error: { type: "HANDSHAKE", error: "BAD_SERVICE" } } as const;
    await expect(connect({ serviceAnswer })).rejects.toMatchObject({ code: "handshake" });
  });

  test("says nothing of it to a relay that knows no services, or did not ask for the certificate", async () => {
    const older = await connect({ versions: { min: 6, max: 15 } });
    expect(older.relay.agreed.service).toBeUndefined();
    const unasked = await connect({}, false);
    expect(unasked.relay.agreed.service).toBeUndefined();
    await expect(unasked.client.subscribeService()).rejects.toMatchObject({ code: "version" });
  });
});
