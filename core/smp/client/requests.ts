import { TransportError } from "../../transport/errors.ts";
import type { Transport } from "../../transport/transport.ts";
import { type Authorizer, agreeWith, authorizer, takesServiceSignature } from "../authorization.ts";
import type { Command } from "../command.ts";
import { ProtocolError } from "../errors.ts";
import type { EntityId } from "../ids.ts";
import { idLength } from "../limits.ts";
import type { BrokerMessage } from "../message.ts";
import {
  type ForwardedCommand,
  type ForwardedResponse,
  openForwardedResponse,
  sealForwarded,
} from "../proxied.ts";
import { Channel, type Request } from "./channel.ts";
import { UnexpectedResponseError } from "./errors.ts";
import type { ClientSession } from "./handshake.ts";
import { type ClientOptions, defaultTimeouts } from "./options.ts";
import { type ProxySession, proxiedCommand } from "./proxied.ts";
import type { Answer, AuthPrivateKey, RecipientQueue } from "./queues.ts";

/** A command for a relay behind a proxy. */
export interface ProxiedRequest {
  readonly session: ProxySession;
  readonly entityId: EntityId;
  readonly command: Command;
  readonly key: AuthPrivateKey | undefined;
}

/** The forms that commands are asked in: who authorises them, and which answers are due. */
export class Requests {
  readonly channel: Channel;
  readonly #session: ClientSession;
  readonly #options: ClientOptions;
  readonly #agree: (privateKey: Uint8Array) => Uint8Array;

  constructor(transport: Transport, session: ClientSession, options: ClientOptions) {
    this.#session = session;
    this.#options = options;
    this.#agree = session.relayKey === undefined ? noAgreement : remembered(agreeWith(session.relayKey));
    this.channel = new Channel(transport, session, options);
  }

  /** How long a command may take that goes through a proxy, or makes it connect, in milliseconds. */
  get proxiedMs(): number {
    return (this.#options.timeouts ?? defaultTimeouts).proxiedMs;
  }

  /** What the session's version can't say must not be left out silently. @throws TransportError `version` */
  requireVersion(action: string, first: number): void {
    const { version } = this.#session;
    if (version >= first) return;
    throw new TransportError(
      "version",
      `cannot ${action}: version of session is ${version}, not ${first} or later`,
    );
  }

  /** Asks a command. @param action for errors: `cannot <action>: ...` */
  async ask<T extends BrokerMessage["type"]>(
    action: string,
    due: readonly T[],
    request: Request,
  ): Promise<Answer<T>> {
    return expectAnswer(action, due, await this.channel.request(request));
  }

  /** Asks a command that a key authorises. */
  authorized<T extends BrokerMessage["type"]>(
    action: string,
    due: readonly T[],
    key: AuthPrivateKey | undefined,
    request: Omit<Request, "authorize">,
  ): Promise<Answer<T>> {
    return this.ask(action, due, {
      ...request,
      authorize: key && this.#authorize(request.command.type, key),
    });
  }

  /** Asks a command of a recipient; a message that comes as the answer to SUB or ACK goes to the events. */
  recipient<T extends BrokerMessage["type"]>(
    action: string,
    { recipientId, privateKey }: RecipientQueue,
    command: Command,
    ...due: readonly T[]
  ): Promise<Answer<T>> {
    const deliversMessage = command.type === "SUB" || command.type === "ACK";
    return this.authorized(action, due, privateKey, { command, entityId: recipientId, deliversMessage });
  }

  /** Asks a command of a service about all its queues. */
  async service(action: string, command: Command): Promise<Answer<"SOKS">> {
    const { service } = this.#session;
    if (service === undefined) {
      throw new TransportError("version", `cannot ${action}: session has no service`);
    }
    const key = { algorithm: "Ed25519", key: service.privateKey } as const;
    const authorize = authorizer(key, noAgreement);
    return this.ask(action, ["SOKS"], { command, entityId: service.serviceId, authorize });
  }

  /** Asks a relay behind a proxy. */
  async proxied<T extends BrokerMessage["type"]>(
    action: string,
    due: T,
    { session, entityId, command, key }: ProxiedRequest,
  ): Promise<Answer<T>> {
    const { random } = this.#options;
    const correlationId = random(idLength);
    const authorize = key && authorizer(key, agreeWith(session.relayKey));
    const proxied = proxiedCommand(session, random, correlationId, entityId, command, authorize);
    const answer = await this.ask(`${action} through proxy`, ["PRES"], {
      command: proxied.command,
      entityId: session.sessionId,
      correlationId,
      timeoutMs: this.proxiedMs,
    });
    return expectAnswer(`${action} through proxy`, [due], proxied.open(answer.encrypted));
  }

  /** Hands a client's command on, as its proxy. @throws CryptoError, DecodeError for a wrong answer */
  async forward(command: ForwardedCommand): Promise<ForwardedResponse> {
    const { dhSecret } = this.#session;
    if (dhSecret === undefined) throw new TransportError("version", "cannot forward: session has no secret");
    const correlationId = this.#options.random(idLength);
    const encrypted = sealForwarded(dhSecret, correlationId, command);
    const answer = await this.ask("forward command", ["RRES"], {
      command: { type: "RFWD", encrypted },
      correlationId,
      timeoutMs: this.proxiedMs,
    });
    return openForwardedResponse(dhSecret, correlationId, answer.encrypted);
  }

  #authorize(type: Command["type"], key: AuthPrivateKey): Authorizer {
    const service = takesServiceSignature(type) ? this.#session.service : undefined;
    return authorizer(key, this.#agree, service);
  }
}

/**
 * The agreement of a queue's key with the relay's stays the same for the session, and is the dearest part of a small
 * command: it is kept as long as the key's array is.
 */
function remembered(agree: (privateKey: Uint8Array) => Uint8Array): (privateKey: Uint8Array) => Uint8Array {
  const secrets = new WeakMap<Uint8Array, Uint8Array>();
  return (privateKey) => {
    const known = secrets.get(privateKey);
    if (known !== undefined) return known;
    const secret = agree(privateKey);
    secrets.set(privateKey, secret);
    return secret;
  };
}

/** Version 6 has no session keys that X25519 keys could agree with. */
function noAgreement(): never {
  throw new TransportError("version", "cannot authorise command: session has no key of the relay");
}

function expectAnswer<T extends BrokerMessage["type"]>(
  action: string,
  due: readonly T[],
  answer: BrokerMessage,
): Answer<T> {
  if (answer.type === "ERR") throw new ProtocolError(action, answer.error);
  if (isOneOf(due, answer)) return answer;
  throw new UnexpectedResponseError(answer.type);
}

function isOneOf<T extends BrokerMessage["type"]>(
  due: readonly T[],
  answer: BrokerMessage,
): answer is Answer<T> {
  return due.some((type) => type === answer.type);
}
