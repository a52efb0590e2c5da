import { encode } from "../../bytes/index.ts";
import type { Clock } from "../../clock/clock.ts";
import { signPublicKey } from "../../crypto/certificate.ts";
import { systemRandom } from "../../crypto/random.ts";
import { x25519 } from "../../crypto/x25519.ts";
import type { Credentials } from "../../transport/credentials.ts";
import { nextBlock } from "../../transport/next-block.ts";
import type { Transport } from "../../transport/transport.ts";
import { encodeBatch } from "../batch.ts";
import { type BlockLayer, plainBlocks } from "../block.ts";
import { decodeCommands } from "../decode-transmission.ts";
import { encodeMessage } from "../encode-transmission.ts";
import {
  type ClientHandshake,
  clientHandshake,
  decodeHandshake,
  type ServiceHandshake,
  serverHandshake,
  serviceHandshake,
} from "../handshake.ts";
import { type CorrelationId, type EntityId, noId } from "../ids.ts";
import type { BrokerMessage } from "../message.ts";
import { sessionBlocks } from "../session.ts";
import type { CommandTransmission } from "../transmission.ts";
import { smpVersions, type VersionRange } from "../version.ts";

/** How a test relay behaves. */
export interface TestRelayOptions {
  readonly identity: Credentials;
  readonly clock: Clock;
  readonly versions?: VersionRange;
  /** Said instead of the session's own. */
  readonly sessionId?: Uint8Array;
  /** Whether the handshake has a session key; it has unless said otherwise. */
  readonly withKey?: boolean;
  /** Answers each command at once. */
  readonly answer?: (command: CommandTransmission) => BrokerMessage | undefined;
  /** What a client with a service certificate is told; it is accepted unless said otherwise. */
  readonly serviceAnswer?: ServiceHandshake;
  /** The key in the handshake is signed by these instead. */
  readonly signer?: Credentials;
}

/** The relay's end of a connection in a test: it does the handshake, and then what the test tells it. */
export class TestRelay {
  /** Commands in the order in which they came, block by block. */
  readonly blocks: (readonly CommandTransmission[])[] = [];
  readonly transport: Transport;
  readonly agreed: ClientHandshake;
  readonly sessionKey: Uint8Array;
  readonly sessionId: Uint8Array;
  /** Of both session keys. */
  readonly dhSecret: Uint8Array;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  readonly #layer: BlockLayer;
  /** Answers each command at once when set. */
  answer: ((command: CommandTransmission) => BrokerMessage | undefined) | undefined;

  constructor(
    transport: Transport,
    agreed: ClientHandshake,
    layer: BlockLayer,
    sessionId: Uint8Array,
    sessionKey: Uint8Array,
    dhSecret: Uint8Array,
    answer: TestRelay["answer"],
  ) {
    this.transport = transport;
    this.agreed = agreed;
    this.sessionId = sessionId;
    this.sessionKey = sessionKey;
    this.dhSecret = dhSecret;
    this.answer = answer;
    this.#layer = layer;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    transport.receive({ block: (block) => this.#take(block), closed: () => resolve() });
  }

  /** All commands that came. */
  get commands(): readonly CommandTransmission[] {
    return this.blocks.flat();
  }

  /** Sends messages in one block. */
  send(
    ...messages: readonly { correlationId?: CorrelationId; entityId?: EntityId; message: BrokerMessage }[]
  ): void {
    const transmissions = messages.map(({ correlationId = noId, entityId = noId, message }) =>
      encodeMessage(this.#session, { correlationId, entityId }, message),
    );
    this.transport.send(this.#layer.seal(encodeBatch(transmissions)));
  }

  reply({ correlationId, entityId }: CommandTransmission, message: BrokerMessage): void {
    this.send({ correlationId, entityId, message });
  }

  get #session(): { version: number; sessionId: Uint8Array } {
    return { version: this.agreed.version, sessionId: this.sessionId };
  }

  #take(block: Uint8Array): void {
    const commands = decodeCommands(this.#session, this.#layer.open(block)).filter(
      (transmission) => transmission.type === "command",
    );
    this.blocks.push(commands);
    const replies = commands.flatMap((command) => {
      const message = this.answer?.(command);
      const { correlationId, entityId } = command;
      return message === undefined ? [] : [{ correlationId, entityId, message }];
    });
    if (replies.length > 0) this.send(...replies);
  }
}

/** The id that services get. */
export const testServiceId = new Uint8Array(24).fill(0x5e);

const waitMs = 60_000;

/** The relay's side of the handshake. @throws TransportError when the client does not go along */
export async function acceptClient(transport: Transport, options: TestRelayOptions): Promise<TestRelay> {
  const { identity, clock, versions = smpVersions, withKey = true, signer = identity } = options;
  const sessionId = options.sessionId ?? transport.sessionId ?? systemRandom(32);
  const own = x25519.generateKeyPair(systemRandom);
  const signedKey = signPublicKey(signer.privateKey, { algorithm: "X25519", key: own.publicKey });
  const hello = encode(serverHandshake, {
    versionRange: versions,
    sessionId,
    signedKey: withKey ? { certificateChain: identity.certificateChain, signedKey } : undefined,
  });
  transport.send(plainBlocks.seal({ length: hello.length, parts: [hello] }));
  const agreed = decodeHandshake(
    clientHandshake,
    plainBlocks.open(await nextBlock(transport, clock, waitMs)),
  );
  const { version, isProxy, key } = agreed;
  const dhSecret = key && x25519.sharedSecret(own.privateKey, key);
  if (agreed.service !== undefined) {
    const answer = encode(
      serviceHandshake,
      options.serviceAnswer ?? { type: "accepted", serviceId: testServiceId },
    );
    transport.send(plainBlocks.seal({ length: answer.length, parts: [answer] }));
  }
  const layer = sessionBlocks("server", { version, sessionId, isProxy, dhSecret });
  return new TestRelay(transport, agreed, layer, sessionId, own.privateKey, dhSecret ?? noId, options.answer);
}
