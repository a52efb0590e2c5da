import { encode } from "../../core/bytes/index.ts";
import { parseCertificate, verifySignedPublicKey } from "../../core/crypto/certificate.ts";
import { sha256 } from "../../core/crypto/hash.ts";
import type { PrivateKey } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { x25519 } from "../../core/crypto/x25519.ts";
import { agreeWith, authorizer, type ServiceSession } from "../../core/smp/authorization.ts";
import { encodeBatch } from "../../core/smp/batch.ts";
import { type BlockLayer, plainBlocks } from "../../core/smp/block.ts";
import type { Command } from "../../core/smp/command.ts";
import { decodeMessages } from "../../core/smp/decode-transmission.ts";
import { encodeCommand } from "../../core/smp/encode-transmission.ts";
import {
  type ClientService,
  clientHandshake,
  decodeHandshake,
  serverHandshake,
  serviceHandshake,
} from "../../core/smp/handshake.ts";
import { noId } from "../../core/smp/ids.ts";
import type { AuthAlgorithm } from "../../core/smp/keys.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import { sessionBlocks } from "../../core/smp/session.ts";
import { smpVersions } from "../../core/smp/version.ts";
import type { Transport } from "../../core/transport/transport.ts";

/** What the relay sent, with what it is about. */
export interface Received {
  readonly correlationId: Uint8Array;
  readonly entityId: Uint8Array;
  readonly message: BrokerMessage;
}

/** A command for the relay. */
export interface Sent {
  readonly command: Command;
  readonly entityId?: Uint8Array;
  readonly key?: PrivateKey<AuthAlgorithm>;
  readonly correlationId?: Uint8Array;
  /** Signs as the service of the session. */
  readonly asService?: boolean;
}

export interface TestClientOptions {
  readonly version?: number;
  readonly isProxy?: boolean;
  /** Without it a client of version 11 and above gets plain blocks. */
  readonly withKey?: boolean;
  readonly service?: { readonly offer: ClientService; readonly session: ServiceSession };
}

/** A plain client for tests: sends commands, and takes block after block of what comes. */
export class TestClient {
  readonly version: number;
  readonly sessionId: Uint8Array;
  readonly serviceId: Uint8Array | undefined;
  /** The relay's raw session key. */
  readonly relayKey: Uint8Array;
  /** The secret of both session keys. */
  readonly dhSecret: Uint8Array;
  readonly transport: Transport;
  readonly #blocks: BlockLayer;
  readonly #inbox: BlockInbox;
  readonly #service: ServiceSession | undefined;

  private constructor(
    transport: Transport,
    inbox: BlockInbox,
    version: number,
    sessionId: Uint8Array,
    relayKey: Uint8Array,
    dhSecret: Uint8Array,
    blocks: BlockLayer,
    serviceId: Uint8Array | undefined,
    service: ServiceSession | undefined,
  ) {
    this.transport = transport;
    this.#inbox = inbox;
    this.version = version;
    this.sessionId = sessionId;
    this.relayKey = relayKey;
    this.dhSecret = dhSecret;
    this.#blocks = blocks;
    this.serviceId = serviceId;
    this.#service = service;
  }

  /** Does the client's side of the handshake. @throws Error when the relay closes the connection */
  static async connect(
    transport: Transport,
    keyHash: Uint8Array,
    { version = smpVersions.max, isProxy = false, withKey = true, service }: TestClientOptions = {},
  ): Promise<TestClient> {
    const inbox = new BlockInbox(transport);
    const hello = decodeHandshake(serverHandshake, plainBlocks.open(await inbox.next()));
    const { sessionId, signedKey } = hello;
    const leaf = signedKey?.certificateChain[0];
    const verifyKey = leaf && parseCertificate(leaf).publicKey;
    if (signedKey === undefined || verifyKey === undefined) throw new Error("cannot connect: no session key");
    const relayKey = verifySignedPublicKey(verifyKey, signedKey.signedKey).key;
    const { publicKey, privateKey } = x25519.generateKeyPair(systemRandom);
    const dhSecret = x25519.sharedSecret(privateKey, relayKey);
    const key = withKey && version >= 7 ? publicKey : undefined;
    const answer = encode(clientHandshake, { version, keyHash, key, isProxy, service: service?.offer });
    transport.send(plainBlocks.seal({ length: answer.length, parts: [answer] }));
    let serviceId: Uint8Array | undefined;
    if (service !== undefined) {
      const response = decodeHandshake(serviceHandshake, plainBlocks.open(await inbox.next()));
      if (response.type === "rejected")
        throw new Error(`service is rejected: ${JSON.stringify(response.error)}`);
      serviceId = response.serviceId;
    }
    const blocks = sessionBlocks("client", { version, sessionId, isProxy, dhSecret: key && dhSecret });
    return new TestClient(
      transport,
      inbox,
      version,
      sessionId,
      relayKey,
      dhSecret,
      blocks,
      serviceId,
      service?.session,
    );
  }

  /** Sends commands in one block. */
  send(...commands: readonly Sent[]): void {
    this.sendContent(this.contentOf(...commands));
  }

  /** What a block with these commands holds: all of the work for it but the block's encryption. */
  contentOf(...commands: readonly Sent[]): Parameters<BlockLayer["seal"]>[0] {
    const encoded = commands.map(
      ({ command, entityId = noId, key, correlationId = systemRandom(24), asService }) =>
        encodeCommand(
          this,
          { correlationId, entityId },
          command,
          key && authorizer(key, agreeWith(this.relayKey), asService ? this.#service : undefined),
        ),
    );
    return encodeBatch(encoded);
  }

  /** Sends anything as the content of a block. */
  sendContent(content: Parameters<BlockLayer["seal"]>[0]): void {
    this.transport.send(this.#blocks.seal(content));
  }

  /** All that is in the next block. @throws Error when the connection ends */
  async receive(): Promise<readonly Received[]> {
    return decodeMessages(this, this.#blocks.open(await this.#inbox.next())).map((transmission) => {
      if (transmission.type === "rejected") throw new Error("cannot read what the relay sent");
      return transmission;
    });
  }

  /** Sends a command and gives all that is in the next block. */
  exchange(sent: Sent): Promise<readonly Received[]> {
    this.send(sent);
    return this.receive();
  }

  /** Sends a command, whose reply has to be the next block, alone. */
  async request(
    command: Command,
    entityId?: Uint8Array,
    key?: PrivateKey<AuthAlgorithm>,
  ): Promise<BrokerMessage> {
    const correlationId = systemRandom(24);
    const received = await this.exchange({
      command,
      correlationId,
      ...(entityId && { entityId }),
      ...(key && { key }),
    });
    const [reply] = received;
    if (reply === undefined || received.length !== 1) throw new Error("reply is not alone in its block");
    if (sha256(reply.correlationId).join() !== sha256(correlationId).join()) {
      throw new Error(`block has no reply but ${reply.message.type}`);
    }
    return reply.message;
  }

  /** The one message in the next block, which the relay sends unasked. */
  async event(): Promise<Received> {
    const received = await this.receive();
    const [event] = received;
    if (event === undefined || received.length !== 1 || event.correlationId.length > 0) {
      throw new Error("block is not one event");
    }
    return event;
  }

  /** Blocks that have come and were not taken. */
  get waiting(): number {
    return this.#inbox.length;
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<Error> {
    return this.#inbox.closed;
  }

  close(): void {
    this.transport.close();
  }
}

class BlockInbox {
  readonly #blocks: Uint8Array[] = [];
  readonly #waiting: PromiseWithResolvers<Uint8Array>[] = [];
  readonly #closed = Promise.withResolvers<Error>();
  #end: Error | undefined;

  constructor(transport: Transport) {
    transport.receive({
      block: (block) => {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#blocks.push(block);
        else waiting.resolve(block);
      },
      closed: (reason) => {
        this.#end = reason;
        this.#closed.resolve(reason);
        for (const waiting of this.#waiting.splice(0)) waiting.reject(reason);
      },
    });
  }

  get length(): number {
    return this.#blocks.length;
  }

  get closed(): Promise<Error> {
    return this.#closed.promise;
  }

  async next(): Promise<Uint8Array> {
    const block = this.#blocks.shift();
    if (block !== undefined) return block;
    if (this.#end !== undefined) throw this.#end;
    const waiting = Promise.withResolvers<Uint8Array>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }
}
