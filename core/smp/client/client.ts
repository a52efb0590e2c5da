import type { PrivateKey } from "../../crypto/keys.ts";
import type { Connect } from "../../transport/doors.ts";
import { TransportError } from "../../transport/errors.ts";
import type { Transport } from "../../transport/transport.ts";
import type { RelayAddress } from "../address.ts";
import { type Authorizer, agreeWith, authorizer, takesServiceSignature } from "../authorization.ts";
import type { Command } from "../command.ts";
import { ProtocolError } from "../errors.ts";
import type {
  CorrelationId,
  EntityId,
  KeyHash,
  LinkId,
  MessageId,
  NotifierId,
  RecipientId,
  SenderId,
  ServiceId,
} from "../ids.ts";
import type { AuthAlgorithm, AuthKey } from "../keys.ts";
import { idLength } from "../limits.ts";
import type { LinkData } from "../link-data.ts";
import type { BrokerMessage } from "../message.ts";
import type { MessageFlags } from "../message-flags.ts";
import type { NewQueue, NotifierKeys } from "../new-queue.ts";
import {
  type ForwardedCommand,
  type ForwardedResponse,
  openForwardedResponse,
  sealForwarded,
} from "../proxied.ts";
import type { NotifierIds, QueueIds } from "../queue-ids.ts";
import type { QueueInfo } from "../queue-info.ts";
import { Channel, type Request } from "./channel.ts";
import { UnexpectedResponseError } from "./errors.ts";
import type { ServerEvent } from "./events.ts";
import { type ClientSession, shakeHands } from "./handshake.ts";
import { type ClientOptions, defaultTimeouts } from "./options.ts";
import { acceptProxySession, type ProxySession, proxiedCommand } from "./proxied.ts";

/** A private key that authorises commands. */
export type AuthPrivateKey = PrivateKey<AuthAlgorithm>;

/** A queue as its recipient commands it. */
export interface RecipientQueue {
  readonly recipientId: RecipientId;
  readonly privateKey: AuthPrivateKey;
}

/** A queue as its sender commands it; a key is there once the queue is secured. */
export interface SenderQueue {
  readonly senderId: SenderId;
  readonly privateKey: AuthPrivateKey | undefined;
}

/** A queue as a notification service commands it. */
export interface NotifierQueue {
  readonly notifierId: NotifierId;
  readonly privateKey: AuthPrivateKey;
}

type Answer<T extends BrokerMessage["type"]> = Extract<BrokerMessage, { readonly type: T }>;

/** What a short link points to. */
export type LinkAnswer = Omit<Answer<"LNK">, "type">;

/** A message as a relay delivers it, still encrypted. */
export type Delivery = Omit<Answer<"MSG">, "type">;

/**
 * Connects to a relay and agrees with it on a session.
 * @param isolation see `Connect`
 * @throws TransportError
 */
export async function connectClient(
  connect: Connect,
  relay: RelayAddress,
  options: ClientOptions,
  isolation?: string,
): Promise<SmpClient> {
  return startClient(await connect(relay, isolation), relay.keyHash, options);
}

/** Agrees on a session over a connection that is there. @throws TransportError */
export async function startClient(
  transport: Transport,
  keyHash: KeyHash,
  options: ClientOptions,
): Promise<SmpClient> {
  const { handshakeMs } = options.timeouts ?? defaultTimeouts;
  const session = await shakeHands(transport, { ...options, keyHash, timeoutMs: handshakeMs });
  return new SmpClient(transport, session, options);
}

/**
 * One connection to one relay, as its client: a function for each command. They all throw
 * - `ProtocolError` when the relay answers with an error,
 * - `TransportError` when it does not answer in time or the connection ends,
 * - `UnexpectedResponseError` when it answers something else,
 * - `EncodeError` when a value does not fit its encoding or the block.
 *
 * Commands asked without waiting for one another share blocks. Specification: "SMP commands".
 */
export class SmpClient {
  readonly session: ClientSession;
  readonly #channel: Channel;
  readonly #options: ClientOptions;

  constructor(transport: Transport, session: ClientSession, options: ClientOptions) {
    this.session = session;
    this.#options = options;
    this.#channel = new Channel(transport, session, options);
  }

  /**
   * What the relay sends unasked, and messages that answer SUB and ACK; for one reader. While it does not read, the
   * relay has to wait. Ends with the connection.
   */
  get events(): AsyncIterable<ServerEvent> {
    return this.#channel.events;
  }

  /** `closed` has its reason in `closed` and `reason`. */
  get state(): "ready" | "closed" {
    return this.#channel.reason === undefined ? "ready" : "closed";
  }

  /** Why the connection ended; undefined while it has not. */
  get reason(): TransportError | undefined {
    return this.#channel.reason;
  }

  /** Resolves when the connection has ended, with the reason. */
  get closed(): Promise<TransportError> {
    return this.#channel.closed;
  }

  /** Events that wait for the reader. */
  get eventsWaiting(): number {
    return this.#channel.events.length;
  }

  /** Resolves when few events wait for the reader, or the connection has ended. */
  eventsTaken(): Promise<void> {
    return this.#channel.events.whenShort();
  }

  close(): void {
    this.#channel.close();
  }

  /**
   * NEW: creates a queue.
   * @param key the private part of `queue.rcvAuthKey`
   * @param correlationId given when the queue has link data, as its sender id comes from it
   */
  async createQueue(key: AuthPrivateKey, queue: NewQueue, correlationId?: CorrelationId): Promise<QueueIds> {
    return this.#ask("create queue", "IDS", {
      command: { type: "NEW", ...queue },
      authorize: this.#authorize("NEW", key),
      ...(correlationId === undefined ? {} : { correlationId }),
    });
  }

  /**
   * SUB: subscribes to a queue; its first message, if there is one, goes to `events`.
   * @returns the service that the queue belongs to
   */
  async subscribeQueue(queue: RecipientQueue): Promise<ServiceId | undefined> {
    const answer = await this.#recipient("subscribe to queue", queue, { type: "SUB" }, "OK", "SOK", "MSG");
    return answer.type === "SOK" ? answer.serviceId : undefined;
  }

  /** SUBS: subscribes to all queues of the service. @returns how many they are */
  async subscribeService(): Promise<number> {
    return (await this.#serviceCommand("subscribe service", { type: "SUBS" })).count;
  }

  /** KEY: from now on only who has the private part of `senderKey` can send. */
  async secureQueue(queue: RecipientQueue, senderKey: AuthKey): Promise<void> {
    await this.#recipient("secure queue", queue, { type: "KEY", key: senderKey }, "OK");
  }

  /** RKEY: changes the keys of the recipients: 1 to 255 of them. */
  async setRecipientKeys(queue: RecipientQueue, keys: readonly AuthKey[]): Promise<void> {
    await this.#recipient("set recipient keys", queue, { type: "RKEY", keys }, "OK");
  }

  /** LSET: gives the queue a short link, or changes its user data. */
  async setLinkData(queue: RecipientQueue, linkId: LinkId, linkData: LinkData): Promise<void> {
    await this.#recipient("set link data", queue, { type: "LSET", linkId, linkData }, "OK");
  }

  /** LDEL: takes the short link away. */
  async deleteLinkData(queue: RecipientQueue): Promise<void> {
    await this.#recipient("delete link data", queue, { type: "LDEL" }, "OK");
  }

  /** NKEY: lets a notification service subscribe to the queue. */
  async enableNotifications(queue: RecipientQueue, keys: NotifierKeys): Promise<NotifierIds> {
    return this.#recipient("enable notifications", queue, { type: "NKEY", ...keys }, "NID");
  }

  /** NDEL: ends notifications. */
  async disableNotifications(queue: RecipientQueue): Promise<void> {
    await this.#recipient("disable notifications", queue, { type: "NDEL" }, "OK");
  }

  /** GET: the next message of a queue that is not subscribed; undefined when there is none. */
  async getMessage(queue: RecipientQueue): Promise<Delivery | undefined> {
    const answer = await this.#recipient("get message", queue, { type: "GET" }, "MSG", "OK");
    return answer.type === "MSG" ? answer : undefined;
  }

  /** ACK: deletes a message that has been received; the next one, if there is one, goes to `events`. */
  async acknowledge(queue: RecipientQueue, messageId: MessageId): Promise<void> {
    await this.#recipient("acknowledge message", queue, { type: "ACK", messageId }, "OK", "MSG");
  }

  /** OFF: the queue takes no more messages. */
  async suspendQueue(queue: RecipientQueue): Promise<void> {
    await this.#recipient("suspend queue", queue, { type: "OFF" }, "OK");
  }

  /** DEL: deletes the queue and its messages. */
  async deleteQueue(queue: RecipientQueue): Promise<void> {
    await this.#recipient("delete queue", queue, { type: "DEL" }, "OK");
  }

  /** QUE: what the relay knows about the queue. */
  async queueInfo(queue: RecipientQueue): Promise<QueueInfo> {
    return (await this.#recipient("get queue information", queue, { type: "QUE" }, "INFO")).info;
  }

  /** SKEY: the sender secures a messaging queue with the key that also authorises this command. */
  async secureAsSender(senderId: SenderId, privateKey: AuthPrivateKey, key: AuthKey): Promise<void> {
    const command: Command = { type: "SKEY", key };
    const authorize = this.#authorize(command.type, privateKey);
    await this.#ask("secure queue as sender", "OK", { command, entityId: senderId, authorize });
  }

  /** SEND: puts a message into a queue; its body is at most `messageLengthMax` bytes. */
  async sendMessage(
    { senderId, privateKey }: SenderQueue,
    flags: MessageFlags,
    body: Uint8Array,
  ): Promise<void> {
    const command: Command = { type: "SEND", flags, body };
    const authorize = privateKey && this.#authorize(command.type, privateKey);
    await this.#ask("send message", "OK", { command, entityId: senderId, authorize });
  }

  /** PING: whether the relay is there. */
  async ping(): Promise<void> {
    await this.#ask("ping", "PONG", { command: { type: "PING" } });
  }

  /** LKEY: what a one-time link points to; the queue is secured with `key`, whose private part authorises this. */
  async secureLink(linkId: LinkId, privateKey: AuthPrivateKey, key: AuthKey): Promise<LinkAnswer> {
    const command: Command = { type: "LKEY", key };
    const authorize = this.#authorize(command.type, privateKey);
    return this.#ask("open one-time link", "LNK", { command, entityId: linkId, authorize });
  }

  /** LGET: what a contact link points to. */
  async getLink(linkId: LinkId): Promise<LinkAnswer> {
    return this.#ask("open link", "LNK", { command: { type: "LGET" }, entityId: linkId });
  }

  /** NSUB: subscribes a notification service to a queue. @returns the service that the queue belongs to */
  async subscribeNotifications({ notifierId, privateKey }: NotifierQueue): Promise<ServiceId | undefined> {
    const request = {
      command: { type: "NSUB" },
      entityId: notifierId,
      authorize: this.#authorize("NSUB", privateKey),
    } as const;
    const answer = await this.#ask("subscribe to notifications", ["OK", "SOK"], request);
    return answer.type === "SOK" ? answer.serviceId : undefined;
  }

  /** NSUBS: subscribes to the notifications of all queues of the service. @returns how many they are */
  async subscribeNotificationService(): Promise<number> {
    return (await this.#serviceCommand("subscribe notification service", { type: "NSUBS" })).count;
  }

  /**
   * PRXY: asks this relay to be the proxy to another one.
   * @param basicAuth the password of the proxy, if it asks for one
   * @throws TransportError also when the other relay is not the one of the address
   */
  async openProxySession(relay: RelayAddress, basicAuth?: Uint8Array): Promise<ProxySession> {
    const answer = await this.#ask("open proxy session", "PKEY", {
      command: { type: "PRXY", relay, basicAuth },
      timeoutMs: this.#proxiedMs,
    });
    return acceptProxySession(answer, relay, this.#options.clock.nowMs());
  }

  /** SEND through the relay as a proxy; as `sendMessage` with the other relay. */
  async sendThroughProxy(
    session: ProxySession,
    { senderId, privateKey }: SenderQueue,
    flags: MessageFlags,
    body: Uint8Array,
  ): Promise<void> {
    await this.#forward("send message", "OK", session, senderId, { type: "SEND", flags, body }, privateKey);
  }

  /** SKEY through the relay as a proxy. */
  async secureThroughProxy(
    session: ProxySession,
    senderId: SenderId,
    privateKey: AuthPrivateKey,
    key: AuthKey,
  ): Promise<void> {
    await this.#forward("secure queue as sender", "OK", session, senderId, { type: "SKEY", key }, privateKey);
  }

  /** LKEY through the relay as a proxy. */
  async secureLinkThroughProxy(
    session: ProxySession,
    linkId: LinkId,
    privateKey: AuthPrivateKey,
    key: AuthKey,
  ): Promise<LinkAnswer> {
    return this.#forward("open one-time link", "LNK", session, linkId, { type: "LKEY", key }, privateKey);
  }

  /** LGET through the relay as a proxy. */
  async getLinkThroughProxy(session: ProxySession, linkId: LinkId): Promise<LinkAnswer> {
    return this.#forward("open link", "LNK", session, linkId, { type: "LGET" }, undefined);
  }

  /** RFWD: hands a client's command on, as its proxy. @throws CryptoError, DecodeError for a wrong answer */
  async forwardCommand(command: ForwardedCommand): Promise<ForwardedResponse> {
    const secret = this.session.dhSecret;
    if (secret === undefined) throw new TransportError("version", "cannot forward: session has no secret");
    const correlationId = this.#options.random(idLength);
    const encrypted = sealForwarded(secret, correlationId, command);
    const answer = await this.#ask("forward command", "RRES", {
      command: { type: "RFWD", encrypted },
      correlationId,
      timeoutMs: this.#proxiedMs,
    });
    return openForwardedResponse(secret, correlationId, answer.encrypted);
  }

  get #proxiedMs(): number {
    return (this.#options.timeouts ?? defaultTimeouts).proxiedMs;
  }

  #authorize(type: Command["type"], key: AuthPrivateKey): Authorizer {
    const service = takesServiceSignature(type) ? this.session.service : undefined;
    return authorizer(key, this.#agree(this.session.relayKey), service);
  }

  #agree(relayKey: Uint8Array | undefined): (privateKey: Uint8Array) => Uint8Array {
    if (relayKey !== undefined) return agreeWith(relayKey);
    return () => {
      throw new TransportError("version", "cannot authorise command: session has no key of the relay");
    };
  }

  #recipient<T extends BrokerMessage["type"]>(
    action: string,
    { recipientId, privateKey }: RecipientQueue,
    command: Command,
    ...due: readonly T[]
  ): Promise<Answer<T>> {
    const authorize = this.#authorize(command.type, privateKey);
    const deliversMessage = command.type === "SUB" || command.type === "ACK";
    return this.#ask(action, due, { command, entityId: recipientId, authorize, deliversMessage });
  }

  #serviceCommand(action: string, command: Command): Promise<Answer<"SOKS">> {
    const { service } = this.session;
    if (service === undefined)
      throw new TransportError("version", `cannot ${action}: session has no service`);
    const key = { algorithm: "Ed25519", key: service.privateKey } as const;
    const authorize = authorizer(key, this.#agree(undefined));
    return this.#ask(action, "SOKS", { command, entityId: service.serviceId, authorize });
  }

  async #forward<T extends BrokerMessage["type"]>(
    action: string,
    due: T,
    session: ProxySession,
    entityId: EntityId,
    command: Command,
    key: AuthPrivateKey | undefined,
  ): Promise<Answer<T>> {
    const correlationId = this.#options.random(idLength);
    const authorize = key && authorizer(key, agreeWith(session.relayKey));
    const proxied = proxiedCommand(
      session,
      this.#options.random,
      correlationId,
      entityId,
      command,
      authorize,
    );
    const answer = await this.#ask(`${action} through proxy`, "PRES", {
      command: proxied.command,
      entityId: session.sessionId,
      correlationId,
      timeoutMs: this.#proxiedMs,
    });
    return expectAnswer(`${action} through proxy`, [due], proxied.open(answer.encrypted));
  }

  async #ask<T extends BrokerMessage["type"]>(
    action: string,
    due: T | readonly T[],
    request: Request,
  ): Promise<Answer<T>> {
    const answer = await this.#channel.request(request);
    return expectAnswer(action, typeof due === "string" ? [due] : due, answer);
  }
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
