import type { TransportError } from "../../transport/errors.ts";
import type { Transport } from "../../transport/transport.ts";
import type { RelayAddress } from "../address.ts";
import type { Command } from "../command.ts";
import type { CorrelationId, LinkId, MessageId, SenderId, ServiceId } from "../ids.ts";
import type { AuthKey } from "../keys.ts";
import type { LinkData } from "../link-data.ts";
import type { MessageFlags } from "../message-flags.ts";
import type { NewQueue, NotifierKeys } from "../new-queue.ts";
import type { ForwardedCommand, ForwardedResponse } from "../proxied.ts";
import type { NotifierIds, QueueIds } from "../queue-ids.ts";
import type { QueueInfo } from "../queue-info.ts";
import { since } from "../version.ts";
import type { ServerEvent } from "./events.ts";
import type { ClientSession } from "./handshake.ts";
import type { ClientOptions } from "./options.ts";
import { acceptProxySession, type ProxySession } from "./proxied.ts";
import type {
  AuthPrivateKey,
  Delivery,
  LinkAnswer,
  NotifierQueue,
  RecipientQueue,
  SenderQueue,
} from "./queues.ts";
import { type ProxiedRequest, Requests } from "./requests.ts";

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
  readonly #requests: Requests;
  readonly #options: ClientOptions;

  constructor(transport: Transport, session: ClientSession, options: ClientOptions) {
    this.session = session;
    this.#options = options;
    this.#requests = new Requests(transport, session, options);
  }

  /**
   * What the relay sends unasked, and messages that answer SUB and ACK; for one reader. While it does not read, the
   * relay has to wait. Ends with the connection.
   */
  get events(): AsyncIterable<ServerEvent> {
    return this.#requests.channel.events;
  }

  /** `closed` has its reason in `closed` and `reason`. */
  get state(): "ready" | "closed" {
    return this.#requests.channel.reason === undefined ? "ready" : "closed";
  }

  /** Why the connection ended; undefined while it has not. */
  get reason(): TransportError | undefined {
    return this.#requests.channel.reason;
  }

  /** Resolves when the connection has ended, with the reason. */
  get closed(): Promise<TransportError> {
    return this.#requests.channel.closed;
  }

  /** Events that wait for the reader. */
  get eventsWaiting(): number {
    return this.#requests.channel.events.length;
  }

  /** Resolves when few events wait for the reader, or the connection has ended. */
  eventsTaken(): Promise<void> {
    return this.#requests.channel.events.whenShort();
  }

  close(): void {
    this.#requests.channel.close();
  }

  /**
   * NEW: creates a queue.
   * @param key the private part of `queue.rcvAuthKey`
   * @param correlationId given when the queue has link data, as its sender id comes from it
   * @throws TransportError `version` when the session's is too old for the link data or the notifier
   */
  async createQueue(key: AuthPrivateKey, queue: NewQueue, correlationId?: CorrelationId): Promise<QueueIds> {
    if (queue.request?.link !== undefined)
      this.#requests.requireVersion("create queue with link", since.shortLinks);
    if (queue.notifier !== undefined) {
      this.#requests.requireVersion("create queue with notifier", since.notifierCredentials);
    }
    return this.#requests.authorized("create queue", ["IDS"], key, {
      command: { type: "NEW", ...queue },
      ...(correlationId === undefined ? {} : { correlationId }),
    });
  }

  /**
   * SUB: subscribes to a queue; its first message, if there is one, goes to `events`.
   * @returns the service that the queue belongs to
   */
  async subscribeQueue(queue: RecipientQueue): Promise<ServiceId | undefined> {
    const answer = await this.#requests.recipient(
      "subscribe to queue",
      queue,
      { type: "SUB" },
      "OK",
      "SOK",
      "MSG",
    );
    return answer.type === "SOK" ? answer.serviceId : undefined;
  }

  /** SUBS: subscribes to all queues of the service. @returns how many they are */
  async subscribeService(): Promise<number> {
    return (await this.#requests.service("subscribe service", { type: "SUBS" })).count;
  }

  /** KEY: from now on only who has the private part of `senderKey` can send. */
  async secureQueue(queue: RecipientQueue, senderKey: AuthKey): Promise<void> {
    await this.#requests.recipient("secure queue", queue, { type: "KEY", key: senderKey }, "OK");
  }

  /** RKEY: changes the keys of the recipients: 1 to 255 of them. */
  async setRecipientKeys(queue: RecipientQueue, keys: readonly AuthKey[]): Promise<void> {
    await this.#requests.recipient("set recipient keys", queue, { type: "RKEY", keys }, "OK");
  }

  /** LSET: gives the queue a short link, or changes its user data. */
  async setLinkData(queue: RecipientQueue, linkId: LinkId, linkData: LinkData): Promise<void> {
    await this.#requests.recipient("set link data", queue, { type: "LSET", linkId, linkData }, "OK");
  }

  /** LDEL: takes the short link away. */
  async deleteLinkData(queue: RecipientQueue): Promise<void> {
    await this.#requests.recipient("delete link data", queue, { type: "LDEL" }, "OK");
  }

  /** NKEY: lets a notification service subscribe to the queue. */
  async enableNotifications(queue: RecipientQueue, keys: NotifierKeys): Promise<NotifierIds> {
    return this.#requests.recipient("enable notifications", queue, { type: "NKEY", ...keys }, "NID");
  }

  /** NDEL: ends notifications. */
  async disableNotifications(queue: RecipientQueue): Promise<void> {
    await this.#requests.recipient("disable notifications", queue, { type: "NDEL" }, "OK");
  }

  /** GET: the next message of a queue that is not subscribed; undefined when there is none. */
  async getMessage(queue: RecipientQueue): Promise<Delivery | undefined> {
    const answer = await this.#requests.recipient("get message", queue, { type: "GET" }, "MSG", "OK");
    return answer.type === "MSG" ? answer : undefined;
  }

  /** ACK: deletes a message that has been received; the next one, if there is one, goes to `events`. */
  async acknowledge(queue: RecipientQueue, messageId: MessageId): Promise<void> {
    await this.#requests.recipient("acknowledge message", queue, { type: "ACK", messageId }, "OK", "MSG");
  }

  /** OFF: the queue takes no more messages. */
  async suspendQueue(queue: RecipientQueue): Promise<void> {
    await this.#requests.recipient("suspend queue", queue, { type: "OFF" }, "OK");
  }

  /** DEL: deletes the queue and its messages. */
  async deleteQueue(queue: RecipientQueue): Promise<void> {
    await this.#requests.recipient("delete queue", queue, { type: "DEL" }, "OK");
  }

  /** QUE: what the relay knows about the queue. */
  async queueInfo(queue: RecipientQueue): Promise<QueueInfo> {
    return (await this.#requests.recipient("get queue information", queue, { type: "QUE" }, "INFO")).info;
  }

  /** SKEY: the sender secures a messaging queue with the key that also authorises this command. */
  async secureAsSender(senderId: SenderId, privateKey: AuthPrivateKey, key: AuthKey): Promise<void> {
    const command: Command = { type: "SKEY", key };
    const request = { command, entityId: senderId };
    await this.#requests.authorized("secure queue as sender", ["OK"], privateKey, request);
  }

  /** SEND: puts a message into a queue; its body is at most `messageLengthMax` bytes. */
  async sendMessage(
    { senderId, privateKey }: SenderQueue,
    flags: MessageFlags,
    body: Uint8Array,
  ): Promise<void> {
    const command: Command = { type: "SEND", flags, body };
    await this.#requests.authorized("send message", ["OK"], privateKey, { command, entityId: senderId });
  }

  /** PING: whether the relay is there. */
  async ping(): Promise<void> {
    await this.#requests.ask("ping", ["PONG"], { command: { type: "PING" } });
  }

  /** LKEY: what a one-time link points to; the queue is secured with `key`, whose private part authorises this. */
  async secureLink(linkId: LinkId, privateKey: AuthPrivateKey, key: AuthKey): Promise<LinkAnswer> {
    const command: Command = { type: "LKEY", key };
    const request = { command, entityId: linkId };
    return this.#requests.authorized("open one-time link", ["LNK"], privateKey, request);
  }

  /** LGET: what a contact link points to. */
  async getLink(linkId: LinkId): Promise<LinkAnswer> {
    return this.#requests.ask("open link", ["LNK"], { command: { type: "LGET" }, entityId: linkId });
  }

  /** NSUB: subscribes a notification service to a queue. @returns the service that the queue belongs to */
  async subscribeNotifications({ notifierId, privateKey }: NotifierQueue): Promise<ServiceId | undefined> {
    const request = { command: { type: "NSUB" }, entityId: notifierId } as const;
    const due = ["OK", "SOK"] as const;
    const answer = await this.#requests.authorized("subscribe to notifications", due, privateKey, request);
    return answer.type === "SOK" ? answer.serviceId : undefined;
  }

  /** NSUBS: subscribes to the notifications of all queues of the service. @returns how many they are */
  async subscribeNotificationService(): Promise<number> {
    return (await this.#requests.service("subscribe notification service", { type: "NSUBS" })).count;
  }

  /**
   * PRXY: asks this relay to be the proxy to another one.
   * @param basicAuth the password of the proxy, if it asks for one
   * @throws TransportError also when the other relay is not the one of the address; `version` when this one is too
   *   old to be a proxy
   */
  async openProxySession(relay: RelayAddress, basicAuth?: Uint8Array): Promise<ProxySession> {
    this.#requests.requireVersion("open proxy session", since.proxy);
    const answer = await this.#requests.ask("open proxy session", ["PKEY"], {
      command: { type: "PRXY", relay, basicAuth },
      timeoutMs: this.#requests.proxiedMs,
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
    const request: ProxiedRequest = {
      session,
      entityId: senderId,
      command: { type: "SEND", flags, body },
      key: privateKey,
    };
    await this.#requests.proxied("send message", "OK", request);
  }

  /** SKEY through the relay as a proxy. */
  async secureThroughProxy(
    session: ProxySession,
    senderId: SenderId,
    privateKey: AuthPrivateKey,
    key: AuthKey,
  ): Promise<void> {
    const command: Command = { type: "SKEY", key };
    const request = { session, entityId: senderId, command, key: privateKey };
    await this.#requests.proxied("secure queue as sender", "OK", request);
  }

  /** LKEY through the relay as a proxy. */
  async secureLinkThroughProxy(
    session: ProxySession,
    linkId: LinkId,
    privateKey: AuthPrivateKey,
    key: AuthKey,
  ): Promise<LinkAnswer> {
    const command: Command = { type: "LKEY", key };
    const request = { session, entityId: linkId, command, key: privateKey };
    return this.#requests.proxied("open one-time link", "LNK", request);
  }

  /** LGET through the relay as a proxy. */
  async getLinkThroughProxy(session: ProxySession, linkId: LinkId): Promise<LinkAnswer> {
    const request: ProxiedRequest = {
      session,
      entityId: linkId,
      command: { type: "LGET" },
      key: undefined,
    };
    return this.#requests.proxied("open link", "LNK", request);
  }

  /** RFWD: hands a client's command on, as its proxy. @throws CryptoError, DecodeError for a wrong answer */
  forwardCommand(command: ForwardedCommand): Promise<ForwardedResponse> {
    return this.#requests.forward(command);
  }
}
