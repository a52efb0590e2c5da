import type { Transaction } from "../store/store.ts";

/** A user profile of this agent; profiles share nothing on the network. */
export type ProfileId = number;
/** A connection: a contact, a contact address, or one not yet established. Random, unique in the agent. */
export type ConnectionId = string & { readonly __brand: "ConnectionId" };
/** A message of a connection, sent or received; grows within a connection. */
export type MessageId = number;
/** A request that arrived at a contact address and waits for `accept` or `reject`. */
export type RequestId = string & { readonly __brand: "RequestId" };
/** The answer to an invitation of ours, which waits for `allow`. */
export type ConfirmationId = string & { readonly __brand: "ConfirmationId" };

/** A relay that a profile uses. */
export interface RelaySetting {
  /** `smp://<fingerprint>[:password]@host[,host2][:port]` */
  readonly address: string;
  /** New queues of this profile may be created on it. */
  readonly receive: boolean;
  /** It may carry messages to relays that are not ours (private routing). */
  readonly proxy: boolean;
}

/** When a message goes to its destination through one of our relays, so that the destination does not see us. */
export type PrivateRouting = "always" | "unknownRelays" | "unprotected" | "never";
/** Whether a message may go directly when no proxy can carry it. */
export type RoutingFallback = "allow" | "allowProtected" | "prohibit";

export interface RoutingSetting {
  readonly routing: PrivateRouting;
  readonly fallback: RoutingFallback;
}

export interface CreateOptions {
  /** Application data stored, encrypted, behind the short link (a profile, as chat encodes it). Without it there is no short link. */
  readonly userData?: Uint8Array;
  /** Text put into the full link as it is. */
  readonly clientData?: string;
  /** Post-quantum key agreement, on unless `false`. Off makes the full link of an invitation shorter. */
  readonly postQuantum?: boolean;
}

/** An owner of the link of an address: one who may sign changes of its data, besides who made it. */
export interface LinkOwner {
  /** Unique in the link, 1 to 144 bytes; the application says what it is. */
  readonly id: Uint8Array;
  /** Raw Ed25519 public key: 32 bytes. */
  readonly key: Uint8Array;
  /** Of the id and the DER of the key, by the root key of the link or the key of an owner before: 64 bytes. */
  readonly signature: Uint8Array;
}

/** An owner to be set; one without a signature is authorised by us, with the root key. */
export type LinkOwnerOption = Omit<LinkOwner, "signature"> & Partial<Pick<LinkOwner, "signature">>;

/** What stands behind the short link of an address, besides user data. Not given is the same as the default. */
export interface AddressLinkOptions {
  /** Whether one may connect by the address itself, and not only by its relays; `true` by default. */
  readonly direct?: boolean;
  /** In an order in which each is authorised by the root key or by one before: at most 64. */
  readonly owners?: readonly LinkOwnerOption[];
  /** Short links of chat relays that take requests for this address: at most 64. */
  readonly relays?: readonly string[];
  /** Identifies an entity (such as a group) across its links: 1 to 255 bytes, which never change. */
  readonly entityId?: Uint8Array;
}

export interface CreateAddressOptions extends CreateOptions, AddressLinkOptions {}

export interface CreatedLink {
  readonly connection: ConnectionId;
  /** The full link: `simplex:/invitation#/?v=...` or `simplex:/contact#/?v=...`. */
  readonly fullLink: string;
  /** The short link, when user data were given. */
  readonly shortLink: string | undefined;
}

/** What a link says before one joins by it. */
export interface ResolvedLink {
  readonly kind: "invitation" | "contact";
  /** The full link that the link stands for; `join` takes it. */
  readonly fullLink: string;
  /** The connection of ours that made this link, if it did. */
  readonly own: ConnectionId | undefined;
  /** Application data behind a short link. */
  readonly userData: Uint8Array | undefined;
  /** For a contact short link: whether one may connect by the full link, and the links of chat relays. */
  readonly direct: boolean;
  readonly relays: readonly string[];
  /** Identifies an entity (such as a group) across its links, where the maker set it. */
  readonly entityId: Uint8Array | undefined;
  /** The root key of the link and the owners that may change its data. */
  readonly rootKey: Uint8Array | undefined;
  readonly owners: readonly LinkOwner[];
}

export interface JoinOptions {
  readonly postQuantum?: boolean;
}

export interface SendOptions {
  /** Ask the relay to notify the recipient's push service. */
  readonly notify?: boolean;
  /** Put the message into a transaction of the caller; otherwise it has its own. */
  readonly transaction?: Transaction;
}

export interface DeleteOptions {
  /** Deliver what was sent before the connection goes. */
  readonly waitDelivery?: boolean;
}

/** What the hash chain and the numbers of a received message say. */
export type Integrity =
  | { readonly type: "ok" }
  /** Messages from number `from` to `to` never arrived. */
  | { readonly type: "skipped"; readonly from: MessageId; readonly to: MessageId }
  /** The number is not above that of the message before it. */
  | { readonly type: "badId"; readonly previous: MessageId }
  | { readonly type: "badHash" }
  | { readonly type: "duplicate" };

export interface ReceivedMessage {
  readonly id: MessageId;
  /** The sender's number for it: the same on both sides. */
  readonly sharedId: MessageId;
  readonly body: Uint8Array;
  /** When the relay got it; milliseconds since the Unix epoch, whole seconds. */
  readonly relayTimeMs: number;
  /** When we got it; milliseconds since the Unix epoch. */
  readonly receivedMs: number;
  readonly integrity: Integrity;
  /** The post-quantum KEM took part in its encryption. */
  readonly postQuantum: boolean;
  readonly notify: boolean;
}

/** An error that a person may be told; `code` is the protocol's own name of it. */
export interface AgentFault {
  readonly code: AgentFaultCode;
  /** Of which relay, or what exactly; never holds a secret. */
  readonly detail: string;
}

export type AgentFaultCode =
  /** The relay said no: queue gone or key wrong, queue full, blocked, anything else. */
  | "SMP AUTH"
  | "SMP QUOTA"
  | "SMP BLOCKED"
  | "SMP"
  /** The relay can't be reached, or is not who it should be. */
  | "BROKER TIMEOUT"
  | "BROKER NETWORK"
  | "BROKER HOST"
  | "BROKER VERSION"
  | "BROKER IDENTITY"
  /** No way to send that the routing setting allows. */
  | "PROXY"
  /** Not delivered within 21 days; the detail says what it waited for. */
  | "EXPIRED"
  /** The peer's message is malformed, not due now, of an unsupported version, or can't be decrypted. */
  | "AGENT A_MESSAGE"
  | "AGENT A_PROHIBITED"
  | "AGENT A_VERSION"
  | "AGENT A_CRYPTO"
  | "AGENT A_DUPLICATE"
  | "AGENT A_LINK"
  | "AGENT A_QUEUE"
  | "CONN NOT_FOUND"
  | "CONN SIMPLEX"
  | "CMD PROHIBITED"
  | "CMD LARGE"
  | "CMD SYNTAX"
  | "INTERNAL";

export type RatchetSync = "ok" | "allowed" | "required" | "started" | "agreed";
export type SwitchPhase = "started" | "confirmed" | "secured" | "completed";

interface OfConnection {
  readonly profile: ProfileId;
  readonly connection: ConnectionId;
}

/**
 * What the agent tells. Events are handed over inside the store transaction that makes them true: what the
 * handler writes with that transaction is committed with them, or not at all, so nothing is shown twice.
 */
export type AgentEvent =
  /** Someone joined by our invitation: answer with `allow`. */
  | (OfConnection & {
      readonly type: "confirmation";
      readonly confirmation: ConfirmationId;
      readonly info: Uint8Array;
      readonly postQuantum: boolean;
      readonly relays: readonly string[];
    })
  /** Someone asks to connect by our address (`connection` is the address): answer with `accept` or `reject`. */
  | (OfConnection & {
      readonly type: "request";
      readonly request: RequestId;
      readonly info: Uint8Array;
      readonly postQuantum: boolean;
      readonly relays: readonly string[];
    })
  /** The peer that we joined told about itself. */
  | (OfConnection & { readonly type: "info"; readonly info: Uint8Array; readonly postQuantum: boolean })
  /** Our answer reached the relay of the peer that we joined or allowed. */
  | (OfConnection & { readonly type: "joined"; readonly secured: boolean })
  /** Both directions work. */
  | (OfConnection & { readonly type: "connected"; readonly postQuantum: boolean })
  | (OfConnection & { readonly type: "message"; readonly message: ReceivedMessage })
  /** A relay has our message; `proxied` when one of our relays carried it. */
  | (OfConnection & { readonly type: "sent"; readonly id: MessageId; readonly proxied: boolean })
  /** Delivery goes on being tried, but the user may be able to help. */
  | (OfConnection & { readonly type: "warning"; readonly id: MessageId; readonly fault: AgentFault })
  /** These messages will not be delivered. */
  | (OfConnection & {
      readonly type: "failed";
      readonly ids: readonly MessageId[];
      readonly fault: AgentFault;
    })
  /** The peer has our messages (`ok`), or has something else in their place (`badHash`). */
  | (OfConnection & {
      readonly type: "receipt";
      readonly receipts: readonly { readonly id: MessageId; readonly status: "ok" | "badHash" }[];
    })
  /** The peer's queue has room again. */
  | (OfConnection & { readonly type: "continued" })
  | (OfConnection & {
      readonly type: "switch";
      readonly direction: "receive" | "send";
      readonly phase: SwitchPhase;
    })
  | (OfConnection & {
      readonly type: "ratchetSync";
      readonly state: RatchetSync;
      readonly fault: AgentFault | undefined;
    })
  /** Another client subscribed to this connection's queue, or the relay deleted it. */
  | (OfConnection & { readonly type: "ended"; readonly deleted: boolean })
  | (OfConnection & { readonly type: "deleted" })
  /** A peer or relay sent what can't be used, or a command can't be completed; the connection stays as it was. */
  | (OfConnection & { readonly type: "error"; readonly fault: AgentFault })
  | {
      readonly type: "down" | "up";
      readonly profile: ProfileId;
      readonly relay: string;
      readonly connections: readonly ConnectionId[];
    }
  /** A relay that is down is tried again then, in milliseconds since the Unix epoch; undefined: in a moment. */
  | {
      readonly type: "retry";
      readonly profile: ProfileId;
      readonly relay: string;
      readonly atMs: number | undefined;
    };

/**
 * Gets each event, in the order within a connection. Must be quick, must not throw, must not await; may call
 * `send`, `receipt`, `allow`, `accept` ... with `transaction`.
 */
export type EventHandler = (event: AgentEvent, transaction: Transaction) => void;

export type QueueState = "new" | "secured" | "active";

/** Where a connection stands; for display and for decisions. */
export interface ConnectionStatus {
  readonly profile: ProfileId;
  readonly kind: "invitation" | "contact" | "joined";
  readonly established: boolean;
  /** It takes no more messages: see `suspend`. */
  readonly suspended: boolean;
  readonly agentVersion: number;
  readonly receive: readonly {
    readonly relay: string;
    readonly state: QueueState;
    readonly switching: SwitchPhase | undefined;
    readonly subscribed: boolean;
  }[];
  readonly send: readonly {
    readonly relay: string;
    readonly state: QueueState;
    readonly switching: SwitchPhase | undefined;
  }[];
  readonly ratchetSync: RatchetSync;
  /** The last message each way was encrypted with the post-quantum KEM. */
  readonly postQuantumReceived: boolean;
  readonly postQuantumSent: boolean;
  /** Messages not yet taken by a relay. */
  readonly pending: number;
}

/**
 * The agent: duplex connections over queues of relays. What a method promises to do is committed to the store
 * before it returns; work on the network goes on until it succeeds, across restarts. A `transaction` makes a
 * method part of one of the caller's, on the same store. Methods that return a
 * promise need the network to answer and reject with `AgentError`; nothing else waits for it.
 */
export interface Agent {
  /** Opens sessions, subscribes all queues, and takes up what was left undone. Events come from now on. */
  start(handler: EventHandler): void;
  /** Closes all sessions; resolves when nothing more will be written. */
  stop(): Promise<void>;
  /** Tries everything that waits for a relay to come back now, instead of at its next time. */
  reconnect(): void;
  /**
   * Relays are to be reached in another way from now on, such as through a proxy: sessions of the way before end at
   * once, also those that are just being made, and are made anew. What was under way is tried again.
   */
  reopen(): void;
  /** How many things are still to be done at relays, such as making or deleting queues; messages don't count. */
  unfinished(): number;

  createProfile(relays: readonly RelaySetting[], routing?: RoutingSetting): ProfileId;
  /**
   * Changes what relays may be used for. Sessions with relays that may be used for less than before are made anew where
   * they are still needed. Queues stay where they are.
   */
  setRelays(profile: ProfileId, relays: readonly RelaySetting[]): void;
  /** Changes how messages are sent; what is under way is tried again in the new way. */
  setRouting(profile: ProfileId, routing: RoutingSetting): void;
  /** Deletes its connections, on the relays too. */
  deleteProfile(profile: ProfileId): void;
  profiles(): readonly ProfileId[];

  /** Creates a one-time invitation. */
  createInvitation(profile: ProfileId, options?: CreateOptions): Promise<CreatedLink>;
  /**
   * Creates a contact address: many may ask to connect by it.
   * @throws AgentError as `setLinkData`; `CMD PROHIBITED` for link options without user data, and so without a short link
   */
  createAddress(profile: ProfileId, options?: CreateAddressOptions): Promise<CreatedLink>;
  /**
   * Adds a short link to an address, or stores other data behind it, all of it: what is not given takes its default.
   * Also changes the user data behind the short link of an invitation. Resolves to the short link.
   * @throws AgentError `CMD LARGE` when there is too much; `CMD SYNTAX` for malformed owners or ids; `CMD PROHIBITED` for
   *   owners that are not authorised or there twice, another entity id than the link has, and connections without a
   *   link of their own; `AGENT A_LINK` for links of relays that are not short links of addresses
   */
  setLinkData(address: ConnectionId, userData: Uint8Array, options?: AddressLinkOptions): Promise<string>;
  /** Removes the short link; the full link goes on working. */
  deleteLinkData(address: ConnectionId): Promise<void>;
  /** What is behind a link, full or short. An invitation's short link is locked to this agent from then on. */
  resolve(profile: ProfileId, link: string): Promise<ResolvedLink>;

  /**
   * Joins by a full link, which `resolve` gives for a short one: `info` goes to the peer. By an invitation, then come
   * `joined`, `info`, `connected`; by a contact address `joined`, and once the owner accepts `confirmation`, to be
   * answered with `allow`, then `connected`. Or `error`.
   * @throws AgentError when the link can't be used
   */
  join(
    profile: ProfileId,
    link: string,
    info: Uint8Array,
    options?: JoinOptions,
    transaction?: Transaction,
  ): ConnectionId;
  /** Goes on with a peer that answered our invitation. @throws AgentError when there is no such confirmation */
  allow(
    connection: ConnectionId,
    confirmation: ConfirmationId,
    info: Uint8Array,
    transaction?: Transaction,
  ): void;
  /** Accepts a request; the new connection then goes the way of a joined one. */
  accept(
    request: RequestId,
    info: Uint8Array,
    options?: JoinOptions,
    transaction?: Transaction,
  ): ConnectionId;
  /** Forgets a request; the peer is not told. */
  reject(request: RequestId, transaction?: Transaction): void;

  /**
   * Sends a message; `sent` or `failed` comes later.
   * @param body at most `messageLengthMax(connection)` bytes
   * @throws AgentError `CMD LARGE`, `CONN NOT_FOUND`, `CONN SIMPLEX`
   */
  send(connection: ConnectionId, body: Uint8Array, options?: SendOptions): MessageId;
  /** The longest body `send` takes for this connection, in bytes. */
  messageLengthMax(connection: ConnectionId, transaction?: Transaction): number;
  /**
   * Tells the peer that its message arrived, once.
   * @throws AgentError `CMD PROHIBITED` when there is no such message, or the peer was told already
   */
  receipt(connection: ConnectionId, id: MessageId, transaction?: Transaction): void;

  /**
   * Moves reception of this connection to another relay (chosen at random unless named). When a peer of an older version
   * has not answered the last time, it is asked anew.
   * @throws AgentError `CONN SIMPLEX` before it is established; `CMD PROHIBITED` when it is suspended, being moved
   *   already, or its ratchet is not in order
   */
  switchRelay(connection: ConnectionId, relay?: string): void;
  /**
   * Agrees on new ratchet keys; `force` even when the ratchet seems to be in order.
   * @throws AgentError `CONN SIMPLEX` before it is established; `CMD PROHIBITED` when there is no need, it has been under
   *   way for less than three weeks, the peer can't do it, or the connection is suspended
   */
  synchronizeRatchet(connection: ConnectionId, force?: boolean): void;
  /**
   * To be called before `start`, with the transaction that notes that it was done, when the store may hold an older
   * state than was in use since. No ratchet of that state sends any more: all connections agree on new ones.
   */
  renewRatchets(transaction: Transaction): void;
  /** Turns post-quantum key agreement on or off for what is sent from now on. */
  setPostQuantum(connection: ConnectionId, on: boolean): void;
  /**
   * The relays take no more messages for this connection, for good; what is queued can still be received, and
   * sending goes on.
   * @throws AgentError `CMD PROHIBITED` while it has no queue to receive on
   */
  suspend(connection: ConnectionId): void;
  /** Deletes a connection, on the relays too; `deleted` comes when it is gone. */
  delete(connection: ConnectionId, options?: DeleteOptions, transaction?: Transaction): void;

  connections(profile: ProfileId): readonly ConnectionId[];
  /** How many messages of a connection no relay has yet; also of one that is deleted after them. */
  pending(connection: ConnectionId): number;
  /** @throws AgentError `CONN NOT_FOUND` */
  status(connection: ConnectionId, transaction?: Transaction): ConnectionStatus;
  /** 32 bytes that both sides of a connection share, to be compared by the users. */
  securityCode(connection: ConnectionId, transaction?: Transaction): Uint8Array;
}
