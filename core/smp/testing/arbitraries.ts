import fc, { type Arbitrary } from "fast-check";
import type { RelayAddress } from "../address.ts";
import type { Command } from "../command.ts";
import type { BrokerError, NetworkError, ProxyError, SmpError, TransportError } from "../error.ts";
import type { ClientHandshake, ServerHandshake, ServiceHandshake } from "../handshake.ts";
import { parseHost } from "../host.ts";
import type { AuthKey } from "../keys.ts";
import type { LinkData } from "../link-data.ts";
import type { BrokerMessage } from "../message.ts";
import type { QueueRequest } from "../new-queue.ts";
import type { QueueInfo } from "../queue-info.ts";
import type { SignedKey } from "../signed-key.ts";
import { smpVersions } from "../version.ts";

/** Values of the wire types, only such as the version can tell; for property tests. */

export const versions: Arbitrary<number> = fc.integer({ min: smpVersions.min, max: smpVersions.max });

export const bytes = (minLength: number, maxLength: number): Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });

export const ids = bytes(0, 255);

const optional = <T>(value: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const since = <T>(first: number, version: number, value: Arbitrary<T>): Arbitrary<T | undefined> =>
  version >= first ? optional(value) : fc.constant(undefined);

const dhKeys = bytes(32, 32);

const authKeys: Arbitrary<AuthKey> = fc.oneof(
  fc.record({ algorithm: fc.constantFrom("X25519", "Ed25519"), key: dhKeys }),
  fc.record({ algorithm: fc.constant("Ed448"), key: bytes(57, 57) }),
);

const linkData: Arbitrary<LinkData> = fc.record({ fixedData: bytes(0, 300), userData: bytes(0, 600) });

const passwords = fc.stringMatching(/^[!-.0-9;-?A-~]{0,30}$/).map((text) => new TextEncoder().encode(text));

const modes = fc.constantFrom("messaging", "contact");

function requests(version: number): Arbitrary<QueueRequest | undefined> {
  if (version < 9) return fc.constant(undefined);
  if (version < 15) return modes.map((type) => ({ type, link: undefined }));
  return optional(
    fc.oneof(
      fc.record({
        type: fc.constant("messaging"),
        link: optional(fc.record({ senderId: ids, linkData })),
      }),
      fc.record({
        type: fc.constant("contact"),
        link: optional(fc.record({ linkId: ids, senderId: ids, linkData })),
      }),
    ),
  );
}

const notifierKeys = fc.record({ authKey: authKeys, rcvDhKey: dhKeys });

const relays: Arbitrary<RelayAddress> = fc.record({
  scheme: fc.constant("smp"),
  hosts: fc.array(fc.constantFrom("smp.example.com", "10.0.0.1", "abc.onion", "::1").map(parseHost), {
    minLength: 1,
    maxLength: 3,
  }),
  port: fc.constantFrom("", "443", "5223"),
  keyHash: bytes(32, 32),
});

/** All commands of a version. */
export function commands(version: number): Arbitrary<Command> {
  const plain = fc.constantFrom(
    ...([
      "SUB",
      "SUBS",
      "LDEL",
      "NDEL",
      "GET",
      "OFF",
      "DEL",
      "QUE",
      "PING",
      "LGET",
      "NSUB",
      "NSUBS",
    ] as const),
  );
  return fc.oneof<Arbitrary<Command>[]>(
    plain.map((type) => ({ type })),
    fc.record({
      type: fc.constant("NEW"),
      rcvAuthKey: authKeys,
      rcvDhKey: dhKeys,
      basicAuth: optional(passwords),
      subscribeMode: fc.constantFrom("subscribe", "only-create"),
      request: requests(version),
      notifier: since(17, version, notifierKeys),
    }),
    fc.record({ type: fc.constantFrom("KEY", "SKEY", "LKEY"), key: authKeys }),
    fc.record({ type: fc.constant("RKEY"), keys: fc.array(authKeys, { minLength: 1, maxLength: 5 }) }),
    fc.record({ type: fc.constant("LSET"), linkId: ids, linkData }),
    fc.record({ type: fc.constant("NKEY"), authKey: authKeys, rcvDhKey: dhKeys }),
    fc.record({ type: fc.constant("ACK"), messageId: ids }),
    fc.record({
      type: fc.constant("SEND"),
      flags: fc.record({ notification: fc.boolean() }),
      body: bytes(0, 1000),
    }),
    fc.record({ type: fc.constant("PRXY"), relay: relays, basicAuth: optional(passwords) }),
    fc.record({ type: fc.constant("PFWD"), version: versions, key: dhKeys, encrypted: bytes(0, 500) }),
    fc.record({ type: fc.constant("RFWD"), encrypted: bytes(0, 500) }),
  );
}

const latin1 = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes));

const unicode = fc.string({ unit: "grapheme", maxLength: 40 });

export const transportErrors: Arbitrary<TransportError> = fc.oneof(
  fc.record({ type: fc.constantFrom("BLOCK", "VERSION", "LARGE_MSG", "SESSION", "NO_AUTH") }),
  fc.record({
    type: fc.constant("HANDSHAKE"),
    error: fc.constantFrom("PARSE", "IDENTITY", "BAD_AUTH", "BAD_SERVICE"),
  }),
);

/** Only the one that is written. */
const networkErrors: Arbitrary<NetworkError> = fc.constant({ type: "FAILED" });

const brokerErrors: Arbitrary<BrokerError> = fc.oneof<Arbitrary<BrokerError>[]>(
  fc.record({ type: fc.constantFrom("RESPONSE", "UNEXPECTED"), text: latin1 }),
  fc.record({ type: fc.constant("NETWORK"), error: networkErrors }),
  fc.record({ type: fc.constantFrom("HOST", "NO_SERVICE", "TIMEOUT") }),
  fc.record({ type: fc.constant("TRANSPORT"), error: transportErrors }),
);

/** All errors of a version that are not about a proxy. */
function plainErrors(version: number): Arbitrary<SmpError> {
  return fc.oneof<Arbitrary<SmpError>[]>(
    fc.record({
      type: fc.constantFrom(
        ...([
          "BLOCK",
          "SESSION",
          "AUTH",
          "SERVICE",
          "CRYPTO",
          "QUOTA",
          "NO_MSG",
          "LARGE_MSG",
          "EXPIRED",
        ] as const),
      ),
    }),
    fc.record({ type: fc.constantFrom("INTERNAL", "DUPLICATE_") }),
    fc.record({
      type: fc.constant("CMD"),
      error: fc.constantFrom("UNKNOWN", "SYNTAX", "PROHIBITED", "NO_AUTH", "HAS_AUTH", "NO_ENTITY"),
    }),
    fc.record({ type: fc.constant("STORE"), text: unicode }),
    ...(version < 12
      ? []
      : [
          fc.record({
            type: fc.constant("BLOCKED"),
            reason: fc.constantFrom("spam", "content"),
            notice: since(18, version, fc.record({ ttl: optional(fc.maxSafeNat()) })),
          }),
        ]),
  );
}

/** All errors of a version. */
export function errors(version: number): Arbitrary<SmpError> {
  const proxyErrors = fc.oneof<Arbitrary<ProxyError>[]>(
    fc.record({ type: fc.constant("PROTOCOL"), error: plainErrors(version) }),
    fc.record({ type: fc.constant("BROKER"), error: brokerErrors }),
    fc.record({ type: fc.constantFrom("BASIC_AUTH", "NO_SESSION") }),
  );
  return fc.oneof<Arbitrary<SmpError>[]>(
    plainErrors(version),
    fc.record({ type: fc.constant("PROXY"), error: proxyErrors }),
  );
}

const queueInfos: Arbitrary<QueueInfo> = fc.record({
  hasSenderKey: fc.boolean(),
  hasNotifier: fc.boolean(),
  subscription: optional(
    fc.record({
      state: fc.constantFrom("noSub", "subPending", "subThread", "prohibitSub"),
      deliveredId: optional(unicode),
    }),
  ),
  size: fc.nat(),
  message: optional(
    fc.record({
      id: unicode,
      time: fc.integer({ min: 0, max: 253_402_300_799 }),
      type: fc.constantFrom("message", "quota"),
    }),
  ),
});

const signedKeys: Arbitrary<SignedKey> = fc.record({
  certificateChain: fc.array(bytes(0, 500), { minLength: 1, maxLength: 4 }),
  signedKey: bytes(0, 300),
});

const versionRanges = fc
  .tuple(versions, versions)
  .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));

function queueModes(version: number) {
  if (version < 9) return fc.constant(undefined);
  return version < 15 ? modes : optional(modes);
}

const notifierIds = fc.record({ notifierId: ids, rcvDhKey: dhKeys });

/** All messages of a version. */
export function messages(version: number): Arbitrary<BrokerMessage> {
  return fc.oneof<Arbitrary<BrokerMessage>[]>(
    fc.record({
      type: fc.constant("IDS"),
      recipientId: ids,
      senderId: ids,
      rcvDhKey: dhKeys,
      queueMode: queueModes(version),
      linkId: since(15, version, ids),
      serviceId: since(16, version, ids),
      notifier: since(17, version, notifierIds),
    }),
    fc.record({ type: fc.constant("LNK"), senderId: ids, linkData }),
    version >= 16
      ? fc.record({ type: fc.constant("SOK"), serviceId: optional(ids) })
      : fc.constant({ type: "OK" }),
    fc.record({ type: fc.constantFrom("SOKS", "ENDS"), count: fc.maxSafeNat() }),
    fc.record({ type: fc.constant("MSG"), messageId: ids, body: bytes(0, 1000) }),
    fc.record({ type: fc.constant("NID"), notifierId: ids, rcvDhKey: dhKeys }),
    fc.record({ type: fc.constant("NMSG"), nonce: bytes(24, 24), encryptedMeta: bytes(0, 255) }),
    fc.record({
      type: fc.constant("PKEY"),
      sessionId: ids,
      versionRange: versionRanges,
      signedKey: signedKeys,
    }),
    fc.record({ type: fc.constantFrom("RRES", "PRES"), encrypted: bytes(0, 1000) }),
    fc.record({ type: fc.constantFrom("END", "OK", "PONG") }),
    version >= 10 ? fc.constant({ type: "DELD" }) : fc.constant({ type: "END" }),
    fc.record({ type: fc.constant("INFO"), info: queueInfos }),
    fc.record({ type: fc.constant("ERR"), error: errors(version) }),
  );
}

export const serverHandshakes: Arbitrary<ServerHandshake> = versionRanges.chain((versionRange) =>
  fc.record({
    versionRange: fc.constant(versionRange),
    sessionId: ids,
    signedKey: since(7, versionRange.max, signedKeys),
  }),
);

export const clientHandshakes: Arbitrary<ClientHandshake> = versions.chain((version) =>
  fc.record({
    version: fc.constant(version),
    keyHash: ids,
    key: since(7, version, dhKeys),
    isProxy: version >= 14 ? fc.boolean() : fc.constant(false),
    service: since(
      16,
      version,
      fc.record({ role: fc.constantFrom("messaging", "notifier", "proxy"), signedKey: signedKeys }),
    ),
  }),
);

export const serviceHandshakes: Arbitrary<ServiceHandshake> = fc.oneof<Arbitrary<ServiceHandshake>[]>(
  fc.record({ type: fc.constant("accepted"), serviceId: ids }),
  fc.record({ type: fc.constant("rejected"), error: transportErrors }),
);
