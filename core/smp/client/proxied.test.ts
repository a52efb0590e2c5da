import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import { signPublicKey } from "../../crypto/certificate.ts";
import { generateKeyPair } from "../../crypto/keys.ts";
import { systemRandom } from "../../crypto/random.ts";
import { x25519 } from "../../crypto/x25519.ts";
import { memoryLink } from "../../transport/memory.ts";
import { testIdentity } from "../../transport/testing.ts";
import type { RelayAddress } from "../address.ts";
import { isAuthorized } from "../authorization.ts";
import { encodeBatch } from "../batch.ts";
import { decodeCommands } from "../decode-transmission.ts";
import { encodeMessage } from "../encode-transmission.ts";
import type { BrokerMessage } from "../message.ts";
import { openForwarded, openProxied, sealForwardedResponse, sealProxiedResponse } from "../proxied.ts";
import type { CommandTransmission } from "../transmission.ts";
import type { VersionRange } from "../version.ts";
import type { SmpClient } from "./client.ts";
import { startClient } from "./connect.ts";
import { acceptClient, type TestRelay } from "./testing.ts";

const clock = new VirtualClock();
const proxyIdentity = testIdentity(clock.nowMs());
const identity = testIdentity(clock.nowMs());
const sessionId = systemRandom(32);
const sessionKey = x25519.generateKeyPair(systemRandom);
const address: RelayAddress = {
  scheme: "smp",
  hosts: [{ form: "domain", name: "relay.test" }],
  port: "",
  keyHash: identity.keyHash,
};
const { publicKey, privateKey } = generateKeyPair("X25519", systemRandom);
const senderId = new Uint8Array(24).fill(3);
const body = systemRandom(16_000);
const flags = { notification: true };

interface Setting {
  readonly signer?: typeof identity;
  readonly versionRange?: VersionRange;
  /** What the relay behind the proxy answers; AUTH unless said otherwise. */
  readonly answer?: BrokerMessage;
  /** What the proxy answers instead of handing on. */
  readonly refusal?: BrokerMessage;
  /** The proxy changes the relay's answer. */
  readonly tamper?: boolean;
  readonly isProxy?: boolean;
  /** The newest version of the proxy. */
  readonly proxyVersion?: number;
  /** The relay's session key; a proper one unless said otherwise. */
  readonly relayKey?: Uint8Array;
}

/** A client, a proxy, and behind it a relay that keeps what it got. */
async function connect(setting: Setting = {}): Promise<{
  client: SmpClient;
  proxy: TestRelay;
  got: CommandTransmission[];
}> {
  const ends = memoryLink({
    clock,
    sessionId: systemRandom(32),
    serverChain: proxyIdentity.certificateChain,
  });
  const accepted = acceptClient(ends.server, {
    identity: proxyIdentity,
    clock,
    versions: { min: 6, max: setting.proxyVersion ?? 18 },
  });
  const options = { clock, random: systemRandom, isProxy: setting.isProxy ?? false };
  const client = await startClient(ends.client, proxyIdentity.keyHash, options);
  const proxy = await accepted;
  const got: CommandTransmission[] = [];
  proxy.answer = (transmission) => proxyAnswer(transmission, setting, got);
  return { client, proxy, got };
}

function proxyAnswer(
  { command, correlationId }: CommandTransmission,
  {
    signer = identity,
    versionRange = { min: 6, max: 18 },
    answer,
    refusal,
    tamper = false,
    relayKey = sessionKey.publicKey,
  }: Setting,
  got: CommandTransmission[],
): BrokerMessage | undefined {
  if (refusal !== undefined) return refusal;
  if (command.type === "PRXY") {
    const signed = signPublicKey(signer.privateKey, { algorithm: "X25519", key: relayKey });
    const signedKey = { certificateChain: signer.certificateChain, signedKey: signed };
    return { type: "PKEY", sessionId, versionRange, signedKey };
  }
  if (command.type !== "PFWD") return undefined;
  const secret = x25519.sharedSecret(sessionKey.privateKey, command.key);
  const session = { version: command.version, sessionId };
  const [inner] = decodeCommands(session, openProxied(secret, correlationId, command.encrypted));
  if (inner?.type !== "command") return { type: "ERR", error: { type: "CRYPTO" } };
  got.push(inner);
  const message = answer ?? { type: "ERR", error: { type: "AUTH" } };
  const batch = encodeBatch([encodeMessage(session, inner, message)]);
  const encrypted = sealProxiedResponse(secret, correlationId, batch);
  if (tamper) encrypted[0] = (encrypted[0] ?? 0) ^ 1;
  return { type: "PRES", encrypted };
}

describe("through a proxy", () => {
  test("a message reaches the relay, authorised for it, and its answer comes back", async () => {
    const { client, proxy, got } = await connect({ answer: { type: "OK" } });
    const session = await client.openProxySession(address, Uint8Array.of(65));
    expect(proxy.commands[0]?.command).toMatchObject({ type: "PRXY", basicAuth: Uint8Array.of(65) });
    await client.sendThroughProxy(session, { senderId, privateKey }, flags, body);
    const [command] = got;
    if (command === undefined) throw new Error("nothing came");
    expect(command.command).toEqual({ type: "SEND", flags, body });
    const agree = (key: Uint8Array) => x25519.sharedSecret(sessionKey.privateKey, key);
    expect(isAuthorized(publicKey, command, agree)).toBe(true);
    expect(proxy.commands[1]).toMatchObject({ entityId: sessionId, authorization: undefined });
  });

  test("the newest version is held back, so that relays can't tell clients apart by it", async () => {
    const { client } = await connect();
    expect((await client.openProxySession(address)).version).toBe(17);
  });

  test("each command has a key of its own", async () => {
    const { client, proxy } = await connect({ answer: { type: "OK" } });
    const session = await client.openProxySession(address);
    for (let i = 0; i < 2; i++) {
      await client.secureThroughProxy(session, senderId, privateKey, publicKey);
    }
    const keys = proxy.commands.flatMap(({ command }) =>
      command.type === "PFWD" ? [command.key.join()] : [],
    );
    expect(new Set(keys).size).toBe(2);
  });

  test("links can be opened without the relay seeing who does", async () => {
    const link = { senderId, linkData: { fixedData: body.subarray(0, 100), userData: body.subarray(0, 50) } };
    const { client, got } = await connect({ answer: { type: "LNK", ...link } });
    const session = await client.openProxySession(address);
    expect(await client.getLinkThroughProxy(session, senderId)).toMatchObject(link);
    expect(await client.secureLinkThroughProxy(session, senderId, privateKey, publicKey)).toMatchObject(link);
    expect(got.map(({ command }) => command.type)).toEqual(["LGET", "LKEY"]);
  });

  test("the error of the relay and the error of the proxy can be told apart", async () => {
    const { client } = await connect({ answer: { type: "ERR", error: { type: "QUOTA" } } });
    const session = await client.openProxySession(address);
    const sent = client.sendThroughProxy(session, { senderId, privateKey }, flags, body);
    await expect(sent).rejects.toMatchObject({ code: "QUOTA", retryable: true });
    const refusal: BrokerMessage = { type: "ERR", error: { type: "PROXY", error: { type: "NO_SESSION" } } };
    const { client: other } = await connect({ refusal });
    const refused = other.sendThroughProxy(session, { senderId, privateKey }, flags, body);
    await expect(refused).rejects.toMatchObject({ code: "PROXY NO_SESSION", retryable: true });
  });

  test("a proxy can't put itself in the relay's place", async () => {
    const { client } = await connect({ signer: proxyIdentity });
    await expect(client.openProxySession(address)).rejects.toMatchObject({ code: "identity" });
    const stranger = { ...identity, privateKey: proxyIdentity.privateKey };
    const { client: other } = await connect({ signer: stranger });
    await expect(other.openProxySession(address)).rejects.toMatchObject({ code: "handshake" });
  });

  test("an answer that a proxy changed is refused", async () => {
    const { client } = await connect({ answer: { type: "OK" }, tamper: true });
    const session = await client.openProxySession(address);
    const sent = client.sendThroughProxy(session, { senderId, privateKey }, flags, body);
    await expect(sent).rejects.toMatchObject({ name: "UnexpectedResponseError" });
  });

  test("a relay whose key is of low order is refused, though it has signed it", async () => {
    const { client } = await connect({ relayKey: new Uint8Array(32) });
    const session = await client.openProxySession(address);
    const sent = client.sendThroughProxy(session, { senderId, privateKey }, flags, body);
    await expect(sent).rejects.toMatchObject({ name: "TransportError", code: "handshake" });
  });

  test("a proxy that is too old to be one is asked nothing", async () => {
    const { client, proxy } = await connect({ proxyVersion: 7 });
    await expect(client.openProxySession(address)).rejects.toMatchObject({
      name: "TransportError",
      code: "version",
    });
    expect(proxy.commands).toEqual([]);
    const { client: old } = await connect({ proxyVersion: 8 });
    expect((await old.openProxySession(address)).version).toBe(17);
  });

  test("a relay without a version in common is refused", async () => {
    const { client } = await connect({ versionRange: { min: 18, max: 18 } });
    await expect(client.openProxySession(address)).rejects.toMatchObject({ code: "version" });
  });
});

test("as a proxy, what it hands on and gets back is encrypted with the session's secret", async () => {
  const { client, proxy } = await connect({ isProxy: true });
  const forwarded = { correlationId: senderId, version: 17, key: sessionKey.publicKey, encrypted: body };
  proxy.answer = ({ command, correlationId }) => {
    if (command.type !== "RFWD") return undefined;
    const secret = proxy.dhSecret;
    expect(openForwarded(secret, correlationId, command.encrypted)).toEqual(forwarded);
    const response = { correlationId: senderId, encrypted: Uint8Array.of(1, 2) };
    return { type: "RRES", encrypted: sealForwardedResponse(secret, correlationId, response) };
  };
  const response = await client.forwardCommand(forwarded);
  expect(response).toEqual({ correlationId: senderId, encrypted: Uint8Array.of(1, 2) });
});
