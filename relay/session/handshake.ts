import { DecodeError, encode, equalBytes } from "../../core/bytes/index.ts";
import type { Clock } from "../../core/clock/clock.ts";
import {
  certificateFingerprint,
  isSignedBy,
  signPublicKey,
  verifySignedPublicKey,
} from "../../core/crypto/certificate.ts";
import { parseCertificateChain, verifyCertificateChain } from "../../core/crypto/certificate-chain.ts";
import { CryptoError } from "../../core/crypto/errors.ts";
import type { Random } from "../../core/crypto/random.ts";
import { x25519 } from "../../core/crypto/x25519.ts";
import { type BlockLayer, plainBlocks } from "../../core/smp/block.ts";
import type { TransportError as HandshakeRefusal } from "../../core/smp/error.ts";
import {
  type ClientHandshake,
  clientHandshake,
  decodeHandshake,
  type ClientService as OfferedService,
  type ServiceHandshake,
  serverHandshake,
  serviceHandshake,
} from "../../core/smp/handshake.ts";
import { idLength } from "../../core/smp/limits.ts";
import { sessionBlocks } from "../../core/smp/session.ts";
import { legacyVersions, since, smpVersions, type VersionRange } from "../../core/smp/version.ts";
import { TransportError } from "../../core/transport/errors.ts";
import { nextBlock } from "../../core/transport/next-block.ts";
import type { Transport } from "../../core/transport/transport.ts";
import type { RelayIdentity } from "../identity/identity.ts";
import type { QueueStore } from "../store/store.ts";
import { SessionSecrets } from "./secrets.ts";
import type { ClientService } from "./service.ts";

/** What a handshake needs of the relay. */
export interface HandshakeContext {
  readonly identity: RelayIdentity;
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly handshakeTimeoutSeconds: number;
}

/** What relay and client have agreed on. */
export interface AgreedSession {
  readonly version: number;
  readonly sessionId: Uint8Array;
  readonly blocks: BlockLayer;
  /** The relay's private session key with the keys of queues. */
  readonly secrets: SessionSecrets;
  /** The secret of both session keys: it encrypts what a proxy forwards. */
  readonly dhSecret: Uint8Array | undefined;
  readonly service: ClientService | undefined;
}

/** Length of the session id on doors where TLS gives none, in bytes. */
const madeSessionIdLength = 32;

/**
 * The relay's side of the handshake ("Transport handshake").
 * @throws TransportError when the client does not answer in time, or not as it should
 */
export async function acceptHandshake(
  transport: Transport,
  context: HandshakeContext,
): Promise<AgreedSession> {
  const { identity, clock, random, handshakeTimeoutSeconds } = context;
  const sessionId = transport.sessionId ?? random(madeSessionIdLength);
  const versions = offeredVersions(transport);
  const sessionKey = x25519.generateKeyPair(random);
  const signedKey = signPublicKey(identity.privateKey, { algorithm: "X25519", key: sessionKey.publicKey });
  const hello = encode(serverHandshake, {
    versionRange: versions,
    sessionId,
    signedKey: { certificateChain: identity.certificateChain, signedKey },
  });
  sendPlain(transport, hello);
  const answer = decodeAnswer(await nextBlock(transport, clock, handshakeTimeoutSeconds * 1000));
  const { version, keyHash, key, isProxy } = answer;
  if (!equalBytes(keyHash, identity.keyHash)) {
    throw new TransportError("identity", "cannot accept client: it means another relay");
  }
  if (version < versions.min || version > versions.max) {
    throw new TransportError("version", `cannot accept client: version ${version} was not offered`);
  }
  const secrets = new SessionSecrets(sessionKey.privateKey);
  const dhSecret = key && secrets.compute(key);
  if (key !== undefined && dhSecret === undefined) {
    throw new TransportError("handshake", "cannot accept client: its session key is of low order");
  }
  if (transport.door === "websocket" && (dhSecret === undefined || isProxy)) {
    throw new TransportError("handshake", "cannot accept client: this door requires encrypted blocks");
  }
  const service = answer.service && (await acceptService(transport, context, answer.service));
  const blocks = sessionBlocks("server", { version, sessionId, isProxy, dhSecret });
  return { version, sessionId, blocks, secrets, dhSecret, service };
}

function offeredVersions({ door, alpn }: Transport): VersionRange {
  if (door === "websocket") return { min: since.encryptedBlocks, max: smpVersions.max };
  return alpn === undefined ? legacyVersions : smpVersions;
}

function decodeAnswer(block: Uint8Array): ClientHandshake {
  try {
    return decodeHandshake(clientHandshake, plainBlocks.open(block));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new TransportError("handshake", "cannot accept client: its handshake cannot be read", {
      cause: error,
    });
  }
}

/**
 * Accepts the certificate of a service ("Service certificates"): the same chain as in TLS, whose leaf
 * signed the service's key for this session. The client waits for the answer in a third block.
 */
async function acceptService(
  transport: Transport,
  { store, random, clock }: HandshakeContext,
  offered: OfferedService,
): Promise<ClientService> {
  const refuse = (error: HandshakeRefusal, reason: string): TransportError => {
    sendServiceAnswer(transport, { type: "rejected", error });
    return new TransportError("handshake", `cannot accept service: ${reason}`);
  };
  const { role } = offered;
  const verified = verifyService(transport, offered, clock.nowMs());
  if (verified === undefined)
    throw refuse({ type: "HANDSHAKE", error: "BAD_AUTH" }, "certificate is not valid");
  const serviceId = await store.service(verified.certHash, role, random(idLength));
  if (serviceId === undefined) {
    throw refuse({ type: "HANDSHAKE", error: "BAD_SERVICE" }, "its certificate has another role");
  }
  await store.durable();
  sendServiceAnswer(transport, { type: "accepted", serviceId });
  return { serviceId, role, ...verified };
}

function verifyService(
  { peerChain }: Transport,
  { signedKey: { certificateChain, signedKey } }: OfferedService,
  nowMs: number,
): Pick<ClientService, "certHash" | "key"> | undefined {
  const sameChain =
    peerChain.length === certificateChain.length &&
    peerChain.every((der, i) => equalBytes(der, certificateChain[i] ?? new Uint8Array(0)));
  if (!sameChain) return undefined;
  try {
    const chain = parseCertificateChain(certificateChain);
    const [leaf, identity = leaf] = chain;
    if (leaf === undefined || identity === undefined || leaf.publicKey === undefined) return undefined;
    const certHash = certificateFingerprint(identity);
    if (chain.length > 1) verifyCertificateChain(chain, certHash, nowMs);
    else if (!isSignedBy(leaf, leaf)) return undefined;
    const { algorithm, key } = verifySignedPublicKey(leaf.publicKey, signedKey);
    return algorithm === "Ed25519" ? { certHash, key: key.slice() } : undefined;
  } catch (error) {
    if (error instanceof CryptoError || error instanceof DecodeError) return undefined;
    throw error;
  }
}

function sendServiceAnswer(transport: Transport, answer: ServiceHandshake): void {
  sendPlain(transport, encode(serviceHandshake, answer));
}

function sendPlain(transport: Transport, content: Uint8Array): void {
  transport.send(plainBlocks.seal({ length: content.length, parts: [content] }));
}
