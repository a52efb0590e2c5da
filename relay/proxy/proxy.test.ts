import { describe, expect, it } from "vitest";
import { systemClock } from "../../core/clock/system.ts";
import { VirtualClock } from "../../core/clock/virtual.ts";
import { parseCertificate, verifySignedPublicKey } from "../../core/crypto/certificate.ts";
import { generateKeyPair } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { x25519 } from "../../core/crypto/x25519.ts";
import type { RelayAddress } from "../../core/smp/address.ts";
import { agreeWith, authorizer } from "../../core/smp/authorization.ts";
import { encodeBatch } from "../../core/smp/batch.ts";
import type { Command } from "../../core/smp/command.ts";
import { decodeMessages } from "../../core/smp/decode-transmission.ts";
import { encodeCommand } from "../../core/smp/encode-transmission.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import { openProxiedResponse, sealProxied } from "../../core/smp/proxied.ts";
import { TransportError } from "../../core/transport/errors.ts";
import { memoryLink } from "../../core/transport/memory.ts";
import { proxyConnect } from "../node/proxy-connect.ts";
import { openTlsDoor } from "../node/tls-door.ts";
import type { TestClient } from "../testing/client.ts";
import { longIdentity, testIdentity } from "../testing/identity.ts";
import { createQueue, sendCommand, textOf } from "../testing/queue.ts";
import { type TestRelay, testRelay } from "../testing/relay.ts";
import { Forwarding, type ForwardingOptions } from "./forwarding.ts";

const password = new TextEncoder().encode("open");

function addressOf(destination: TestRelay, name = "relay.example.org"): RelayAddress {
  return {
    scheme: "smp",
    hosts: [{ form: "domain", name }],
    port: "",
    keyHash: destination.relay.identity.keyHash,
  };
}

/** A proxy, a relay behind it, and how often the one connected to the other. */
function setUp(identity = testIdentity()) {
  const destination = testRelay({ identity });
  const { clock } = destination;
  let connections = 0;
  const proxy = new Forwarding({
    clock,
    random: systemRandom,
    connectionsMax: 4,
    connectionsPerAddressMax: 0,
    async connect({ hosts }) {
      connections++;
      if (hosts[0]?.name !== "relay.example.org") throw new TransportError("network", "cannot reach relay");
      const { certificateChain } = destination.relay.identity;
      const link = memoryLink({ clock, sessionId: systemRandom(32), serverChain: certificateChain });
      void destination.relay.accept(link.server);
      return link.client;
    },
  });
  const front = testRelay({ clock, proxy, password });
  return { destination, front, connections: () => connections };
}

/** A proxy with bounds; all names lead to one relay, but some to none that answers. */
function bounded(bounds: Pick<ForwardingOptions, "connectionsMax" | "connectionsPerAddressMax">) {
  const destination = testRelay();
  const { clock } = destination;
  const dialled: string[] = [];
  const proxy = new Forwarding({
    ...bounds,
    clock,
    random: systemRandom,
    async connect({ hosts }) {
      const name = hosts[0]?.name ?? "";
      dialled.push(name);
      if (name.endsWith(".silent")) return new Promise<never>(() => undefined);
      const { certificateChain } = destination.relay.identity;
      const link = memoryLink({ clock, sessionId: systemRandom(32), serverChain: certificateChain });
      void destination.relay.accept(link.server);
      return link.client;
    },
  });
  const open = (name: string, client: string) => proxy.open(addressOf(destination, name), client);
  return { open, dialled, clock };
}

async function openSession(client: TestClient, relay: RelayAddress) {
  const reply = await client.request({ type: "PRXY", relay, basicAuth: password });
  if (reply.type !== "PKEY") throw new Error(`no session: ${JSON.stringify(reply)}`);
  const { certificateChain, signedKey } = reply.signedKey;
  const leaf = parseCertificate(certificateChain[0] ?? new Uint8Array(0)).publicKey;
  if (leaf === undefined) throw new Error("chain is wrong");
  return { reply, relayKey: verifySignedPublicKey(leaf, signedKey).key };
}

type Opened = Awaited<ReturnType<typeof openSession>>;

/** Sends a command through the proxy; the relay's answer, or the proxy's error. */
async function through(
  client: TestClient,
  { reply: { sessionId, versionRange }, relayKey }: Opened,
  entityId: Uint8Array,
  command: Command,
  key?: Parameters<typeof authorizer>[0],
): Promise<BrokerMessage> {
  const version = versionRange.max;
  const correlationId = systemRandom(24);
  const own = x25519.generateKeyPair(systemRandom);
  const secret = x25519.sharedSecret(own.privateKey, relayKey);
  const parameters = { version, sessionId };
  const authorize = key && authorizer(key, agreeWith(relayKey));
  const inner = encodeCommand(parameters, { correlationId, entityId }, command, authorize);
  const encrypted = sealProxied(secret, correlationId, encodeBatch([inner]));
  const [received] = await client.exchange({
    command: { type: "PFWD", version, key: own.publicKey, encrypted },
    entityId: sessionId,
    correlationId,
  });
  if (received?.message.type !== "PRES") return received?.message ?? { type: "PONG" };
  const [answer] = decodeMessages(
    parameters,
    openProxiedResponse(secret, correlationId, received.message.encrypted),
  );
  if (answer?.type !== "message") throw new Error("answer cannot be read");
  return answer.message;
}

describe("a proxied command", () => {
  it("is carried out by the relay behind the proxy, over one connection for all clients", async () => {
    const { destination, front, connections } = setUp();
    const [recipient, one, two] = [await destination.connect(), await front.connect(), await front.connect()];
    const queue = await createQueue(recipient);
    const { senderId, senderKey } = queue;
    const session = await openSession(one, addressOf(destination));
    const secure = { type: "SKEY", key: senderKey.publicKey } as const;
    expect(await through(one, session, senderId, secure, senderKey.privateKey)).toEqual({ type: "OK" });
    expect(await through(one, session, senderId, sendCommand("hidden"), senderKey.privateKey)).toEqual({
      type: "OK",
    });
    expect(textOf(queue, (await recipient.event()).message)).toBe("hidden");
    expect((await openSession(two, addressOf(destination))).reply).toEqual(session.reply);
    const wrong = generateKeyPair("X25519", systemRandom).privateKey;
    expect(await through(two, session, senderId, sendCommand("x"), wrong)).toEqual({
      type: "ERR",
      error: { type: "AUTH" },
    });
    expect(connections()).toBe(1);
    expect(destination.errors).toEqual([]);
  });

  it("is one of a sender, and takes a body as long as its version allows", async () => {
    const { destination, front } = setUp();
    const [recipient, client] = [await destination.connect(), await front.connect()];
    const queue = await createQueue(recipient);
    const session = await openSession(client, addressOf(destination));
    const subscribe = { type: "SUB" } as const;
    expect(
      await through(client, session, queue.recipientId, subscribe, queue.recipientKey.privateKey),
    ).toEqual({ type: "ERR", error: { type: "CMD", error: "PROHIBITED" } });
    const longest = sendCommand(new Uint8Array(16_048));
    expect(await through(client, session, queue.senderId, longest)).toEqual({ type: "OK" });
    expect(textOf(queue, (await recipient.event()).message)).toHaveLength(16_048);
  });
});

describe("link data", () => {
  it("that don't fit into what a proxy hands back are answered with an error, to which the client can go directly", async () => {
    const { destination, front } = setUp();
    const [recipient, client] = [await destination.connect(), await front.connect()];
    const session = await openSession(client, addressOf(destination));
    const { recipientId, recipientKey } = await createQueue(recipient, {
      request: { type: "contact", link: undefined },
    });
    const linkId = systemRandom(24);
    const answers = async (length: number) => {
      const linkData = { fixedData: new Uint8Array(100), userData: new Uint8Array(length) };
      const set = { type: "LSET", linkId, linkData } as const;
      expect(await recipient.request(set, recipientId, recipientKey.privateKey)).toEqual({ type: "OK" });
      return [
        await through(client, session, linkId, { type: "LGET" }),
        await client.request({ type: "PING" }),
        await recipient.request({ type: "LGET" }, linkId),
      ];
    };
    const pong = { type: "PONG" };
    const given = { type: "LNK" };
    expect(await answers(16_030)).toMatchObject([given, pong, given]);
    expect(await answers(16_060)).toMatchObject([{ type: "ERR", error: { type: "BLOCK" } }, pong, given]);
    expect(destination.errors).toEqual([]);
  });
});

describe("a proxy", () => {
  const broker = (error: unknown) => ({
    type: "ERR",
    error: { type: "PROXY", error: { type: "BROKER", error } },
  });

  it("asks for the password, and needs to be switched on", async () => {
    const { destination, front } = setUp();
    const relay = addressOf(destination);
    const refused = { type: "ERR", error: { type: "PROXY", error: { type: "BASIC_AUTH" } } };
    const client = await front.connect();
    expect(await client.request({ type: "PRXY", relay, basicAuth: undefined })).toEqual(refused);
    const off = await testRelay().connect();
    expect(await off.request({ type: "PRXY", relay, basicAuth: undefined })).toEqual(refused);
  });

  it("says why it cannot reach a relay, and does not try again at once", async () => {
    const { destination, front, connections } = setUp();
    const relay = addressOf(destination, "other.example.org");
    const client = await front.connect();
    for (let time = 0; time < 3; time++) {
      expect(await client.request({ type: "PRXY", relay, basicAuth: password })).toMatchObject(
        broker({ type: "NETWORK" }),
      );
    }
    expect(connections()).toBe(1);
  });

  it("does not trust a relay with another identity", async () => {
    const { front } = setUp();
    const other = testRelay({ identity: testIdentity() });
    const client = await front.connect();
    expect(await client.request({ type: "PRXY", relay: addressOf(other), basicAuth: password })).toEqual(
      broker({ type: "TRANSPORT", error: { type: "HANDSHAKE", error: "IDENTITY" } }),
    );
  });

  it("hands on a relay's certificates as long as they leave room in a block, and refuses longer ones", async () => {
    const long = setUp(longIdentity(14_800));
    const client = await long.front.connect();
    const { reply } = await openSession(client, addressOf(long.destination));
    expect(reply.signedKey.certificateChain).toEqual(long.destination.relay.identity.certificateChain);
    // As long as the relay's handshake has room for.
    const longer = setUp(longIdentity(16_180));
    const other = await longer.front.connect();
    const command: Command = { type: "PRXY", relay: addressOf(longer.destination), basicAuth: password };
    expect(await other.request(command)).toEqual(broker({ type: "TRANSPORT", error: { type: "LARGE_MSG" } }));
    expect(await other.request({ type: "PING" })).toEqual({ type: "PONG" });
  });

  it("knows no session that it did not open", async () => {
    const { destination, front } = setUp();
    const client = await front.connect();
    const session = await openSession(client, addressOf(destination));
    const unknown = { ...session, reply: { ...session.reply, sessionId: systemRandom(32) } };
    expect(await through(client, unknown, systemRandom(24), sendCommand("x"))).toEqual({
      type: "ERR",
      error: { type: "PROXY", error: { type: "NO_SESSION" } },
    });
  });

  it("has a client wait whose commands are under way up to the bound, and others not", async () => {
    const clock = new VirtualClock();
    const underWay: ((reply: BrokerMessage) => void)[] = [];
    const proxy = {
      open: (_: RelayAddress, client: string) => {
        expect(client).toBe("192.0.2.1");
        return new Promise<BrokerMessage>((resolve) => underWay.push(resolve));
      },
      forward: () => new Promise<never>(() => undefined),
      close() {},
    };
    const front = testRelay({ clock, proxy, limits: { proxiedCommandsMax: 2 } });
    const [client, other] = [await front.connect(), await front.connect()];
    const relay = addressOf(testRelay());
    const command: Command = { type: "PRXY", relay, basicAuth: undefined };
    client.send({ command }, { command }, { command }, { command: { type: "PING" } });
    expect(await other.request({ type: "PING" })).toEqual({ type: "PONG" });
    expect(underWay).toHaveLength(2);
    expect(client.waiting).toBe(0);
    underWay[0]?.(broker({ type: "HOST" }) as BrokerMessage);
    const replies = [...(await client.receive()), ...(await client.receive())].map(({ message }) => message);
    expect(replies).toEqual(expect.arrayContaining([broker({ type: "HOST" }), { type: "PONG" }]));
    expect(underWay).toHaveLength(3);
  });

  it("connects to no more relays at one time than its bound, and says so", async () => {
    const { open } = bounded({ connectionsMax: 2, connectionsPerAddressMax: 0 });
    for (const name of ["one.silent", "two.silent"]) void open(name, "192.0.2.1");
    expect(await open("three.silent", "192.0.2.1")).toEqual(broker({ type: "TIMEOUT" }));
  });

  it("has no more connections made at one time for clients of one address than its share, and serves others", async () => {
    const { open } = bounded({ connectionsMax: 4, connectionsPerAddressMax: 2 });
    for (const name of ["one.silent", "two.silent"]) void open(name, "192.0.2.1");
    expect(await open("three.silent", "192.0.2.1")).toEqual(broker({ type: "TIMEOUT" }));
    expect(await open("one.example.org", "198.51.100.1")).toMatchObject({ type: "PKEY" });
    // It is there by now, so it costs no share.
    expect(await open("one.example.org", "192.0.2.1")).toMatchObject({ type: "PKEY" });
  });

  it("closes a connection of the same address to make room where its share is full, not another's", async () => {
    const { open, dialled, clock } = bounded({ connectionsMax: 4, connectionsPerAddressMax: 2 });
    const made: string[] = [];
    const openInTurn = async (name: string, client: string) => {
      await clock.advance(1000);
      expect(await open(name, client)).toMatchObject({ type: "PKEY" });
      made.push(name);
    };
    await openInTurn("first.example.org", "198.51.100.1");
    for (const name of ["one", "two", "three", "four"]) await openInTurn(`${name}.example.org`, "192.0.2.1");
    expect(dialled).toEqual(made);
    // Neither of these had to go.
    for (const name of ["first", "three", "four"]) await openInTurn(`${name}.example.org`, "203.0.113.1");
    expect(dialled).toHaveLength(5);
    await openInTurn("two.example.org", "192.0.2.1");
    expect(dialled).toHaveLength(6);
  });
});

describe("the way of a proxy to other relays", () => {
  it("leads to the address that was checked, however its name is looked up the next time", async () => {
    const identity = testIdentity();
    const { relay } = testRelay({ identity });
    const door = await openTlsDoor(relay, { host: "127.0.0.1", port: 0 });
    const answers = [["127.0.0.1"], ["192.0.2.1"]];
    const find = async () => answers.shift() ?? [];
    const connect = proxyConnect(() => systemClock.nowMs(), true, find);
    const hosts = [{ form: "domain", name: "relay.invalid" }] as const;
    const transport = await connect({ hosts, port: String(door.port), keyHash: identity.keyHash });
    expect(transport.door).toBe("tls");
    expect(answers).toHaveLength(1);
    transport.close();
    await door.close();
  });

  it.each(["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])(
    "does not lead to %s, by name or by number",
    async (address) => {
      const connect = proxyConnect(
        () => 0,
        false,
        async () => [address],
      );
      for (const name of ["relay.example.org", address]) {
        const hosts = [{ form: "domain", name }] as const;
        await expect(connect({ hosts, port: "5223", keyHash: new Uint8Array(32) })).rejects.toThrow(
          "not of the public internet",
        );
      }
    },
  );
});
