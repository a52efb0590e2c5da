/**
 * The chat as programs see it: one object with groups of async methods, and a stream of events.
 *
 * Implemented by `chat.ts` (the real one, over the agent) and by `testing/fake-chat.ts` (in memory, for
 * tests of what draws it). Used by the terminal client (`tui`), by `sotto rpc` (method `group.name`, such
 * as "message.send", with the one parameter as params) and by the one-shot commands.
 *
 * Every method takes at most one object, gives plain JSON, and fails with a `ChatError` only. A promise
 * resolves when the change is committed to the store; what has to go over the network after that goes in
 * the background and is told by events, except where a method says that it waits for a relay. The events
 * of a change are delivered before its promise resolves.
 */
import type { ChatEvent } from "./api-events.ts";
import type {
  Address,
  ConnectionSecurity,
  Contact,
  ContactId,
  ContactRequest,
  Conversation,
  Draft,
  FeatureState,
  Invitation,
  InvitationId,
  LinkPreview,
  Message,
  MessageId,
  MessagePage,
  NetworkSettings,
  OwnProfile,
  Preferences,
  Profile,
  Relay,
  RelayStatus,
  RequestId,
  SearchHit,
  StorageInfo,
} from "./api-types.ts";

export * from "./api-errors.ts";
export type * from "./api-events.ts";
export type * from "./api-types.ts";

export interface Chat {
  readonly profile: ProfileApi;
  readonly contact: ContactApi;
  readonly conversation: ConversationApi;
  readonly message: MessageApi;
  readonly draft: DraftApi;
  readonly invitation: InvitationApi;
  readonly connection: ConnectionApi;
  readonly address: AddressApi;
  readonly request: RequestApi;
  readonly relay: RelayApi;
  readonly network: NetworkApi;
  readonly storage: StorageApi;
  /** Calls `listener` for each event from now on, synchronously and in order; the result ends it. A listener must not throw. */
  subscribe(listener: (event: ChatEvent) => void): () => void;
  /**
   * How many messages are still on their way to relays, in conversations that something was sent to since the chat was
   * opened; those that wait for a contact to be connected don't count.
   */
  unsent(): number;
  /** Commits what is pending, closes connections and the store. Calling it again does nothing. */
  close(): Promise<void>;
}

export interface ProfileApi {
  /** Our profile, or null before `create`. */
  get(): Promise<OwnProfile | null>;
  /** Makes the profile of a fresh store. @throws profileExists; badArgument for an empty or too long name */
  create(params: Profile): Promise<OwnProfile>;
  /** Changes the fields given ("" removes an optional one) and tells all contacts that are not incognito. */
  update(
    params: Partial<Profile> & { readonly sendReceipts?: boolean; readonly preferences?: Preferences },
  ): Promise<OwnProfile>;
}

export interface ContactApi {
  /** All contacts, by name. */
  list(): Promise<readonly Contact[]>;
  /** @throws notFound */
  get(params: { readonly contactId: ContactId }): Promise<Contact>;
  /** Gives the contact a name of ours; "" removes it. */
  rename(params: { readonly contactId: ContactId; readonly alias: string }): Promise<Contact>;
  /** Muted contacts count as unread but don't notify. */
  mute(params: { readonly contactId: ContactId; readonly muted: boolean }): Promise<Contact>;
  /**
   * Compares `code` (spaces ignored) with the connection's security code and remembers it as verified;
   * with `code` null takes the verification back. @throws wrongCode (nothing is changed), notConnected
   */
  verify(params: { readonly contactId: ContactId; readonly code: string | null }): Promise<Contact>;
  /** The features of the conversation, in the order of `Feature`. */
  preferences(params: { readonly contactId: ContactId }): Promise<readonly FeatureState[]>;
  /** Changes what we allow in this conversation and tells the contact; features left out go back to the profile's default. */
  setPreferences(params: {
    readonly contactId: ContactId;
    readonly preferences: Preferences;
  }): Promise<readonly FeatureState[]>;
  /** Deletes the contact, its history and its queues; `notify` tells the contact. Queues at unreachable relays are deleted later. */
  delete(params: { readonly contactId: ContactId; readonly notify: boolean }): Promise<void>;
}

export interface ConversationApi {
  /** One for each contact, by last activity, latest first. */
  list(): Promise<readonly Conversation[]>;
  /** @throws notFound */
  get(params: { readonly contactId: ContactId }): Promise<Conversation>;
  /** Marks everything up to `upTo` (default: all) as read; starts the clock of disappearing messages. */
  markRead(params: { readonly contactId: ContactId; readonly upTo?: MessageId }): Promise<Conversation>;
  /** Empties the history on this side only. */
  clear(params: { readonly contactId: ContactId }): Promise<void>;
}

/** At most this many messages come in one page, or hits of a search. */
export const pageLimitMax = 500;
/**
 * Longest text that is accepted, in UTF-8 bytes. Texts above about 13,000 bytes are sent compressed, to contacts whose
 * client reads that (chat version 8), and refused where even so they don't fit into one message.
 */
export const messageTextBytesMax = 65_000;

export interface MessageApi {
  /**
   * A page of history, oldest first. Exactly one of: nothing (the newest), `before` an id (older ones),
   * `after` an id (newer ones), `around` an id (it is inside, about in the middle). `limit` 1 to
   * `pageLimitMax`, default 100. Ids need not exist (they may have been deleted). @throws notFound for the contact
   */
  list(params: {
    readonly contactId: ContactId;
    readonly before?: MessageId;
    readonly after?: MessageId;
    readonly around?: MessageId;
    readonly limit?: number;
  }): Promise<MessagePage>;
  /** @throws notFound */
  get(params: { readonly messageId: MessageId }): Promise<Message>;
  /**
   * Commits a message and sends it in the background; status changes come as `message.updated`. Clears the draft.
   * `ttlSeconds` lets this one disappear. @throws notConnected if the contact deleted us (while still
   * connecting, messages wait), badArgument for empty text, tooLong
   */
  send(params: {
    readonly contactId: ContactId;
    readonly text: string;
    readonly replyTo?: MessageId;
    readonly ttlSeconds?: number;
  }): Promise<Message>;
  /** Replaces the text of a message we sent. @throws notAllowed for others' messages, older than a day, deleted ones */
  edit(params: { readonly messageId: MessageId; readonly text: string }): Promise<Message>;
  /**
   * `self`: gone here only. `both`: the contact is asked too (ours only, less than a day old); depending on the
   * conversation's `fullDelete` it is removed or marked as deleted on both sides. @throws notAllowed
   */
  delete(params: { readonly messageId: MessageId; readonly for: "self" | "both" }): Promise<void>;
  /** Adds or removes our reaction, one emoji. @throws notAllowed (preferences, deleted message), badArgument */
  react(params: {
    readonly messageId: MessageId;
    readonly emoji: string;
    readonly add: boolean;
  }): Promise<Message>;
  /** Tries a failed message again. @throws notAllowed when it did not fail */
  retry(params: { readonly messageId: MessageId }): Promise<Message>;
  /** Words (all must occur, the last may be a beginning) in one conversation or everywhere, latest first; default limit 50. */
  search(params: {
    readonly text: string;
    readonly contactId?: ContactId;
    readonly limit?: number;
  }): Promise<readonly SearchHit[]>;
}

export interface DraftApi {
  /** Keeps the half-typed message durably; empty text without `replyTo` and `editing` removes it. */
  set(params: { readonly contactId: ContactId; readonly draft: Draft }): Promise<void>;
}

export interface InvitationApi {
  /** Makes a one-time link; waits for a relay. @throws noRelay, relayUnreachable, relayRefused */
  create(params: { readonly incognito?: boolean; readonly label?: string }): Promise<Invitation>;
  /** Those nobody used yet, newest first. */
  list(): Promise<readonly Invitation[]>;
  /** Withdraws it: the link works no more. @throws notFound */
  cancel(params: { readonly invitationId: InvitationId }): Promise<void>;
}

export interface ConnectionApi {
  /** Reads a link without joining; short links are resolved at their relay. @throws badLink, linkUsed, relayUnreachable */
  preview(params: { readonly link: string }): Promise<LinkPreview>;
  /**
   * Joins by any link (full or short, invitation or address); waits until the relay took the confirmation.
   * The contact is `connecting` at first. `text` goes along with a request to an address.
   * @throws badLink, linkUsed, ownLink, alreadyConnected, relayUnreachable, relayRefused
   */
  join(params: {
    readonly link: string;
    readonly incognito?: boolean;
    readonly text?: string;
  }): Promise<Contact>;
  /** @throws notFound */
  security(params: { readonly contactId: ContactId }): Promise<ConnectionSecurity>;
  /** Moves our receive queue to another relay of ours, in the background. @throws noRelay when there is no other */
  rotate(params: { readonly contactId: ContactId }): Promise<ConnectionSecurity>;
  /** Agrees the encryption anew after messages could not be decrypted; `force` also when nothing seems wrong. @throws notAllowed */
  resync(params: { readonly contactId: ContactId; readonly force?: boolean }): Promise<ConnectionSecurity>;
}

export interface AddressApi {
  /** Our address, or null. */
  get(): Promise<Address | null>;
  /** Makes the address; waits for a relay. Gives the present one if there is one. @throws noRelay, relayUnreachable */
  create(): Promise<Address>;
  /** Changes what is given: `autoAccept` null means by hand, `welcomeText` "" none; waits for the relay. @throws notFound */
  update(params: {
    readonly autoAccept?: { readonly incognito: boolean } | null;
    readonly welcomeText?: string;
  }): Promise<Address>;
  /** Contacts stay; the link works no more. @throws notFound */
  delete(): Promise<void>;
}

export interface RequestApi {
  /** Contact requests that wait, latest first. */
  list(): Promise<readonly ContactRequest[]>;
  /** @throws notFound, relayUnreachable */
  accept(params: { readonly requestId: RequestId; readonly incognito?: boolean }): Promise<Contact>;
  /** The other side is not told. @throws notFound */
  reject(params: { readonly requestId: RequestId }): Promise<void>;
}

export interface RelayApi {
  /** Relays set up for this profile. */
  list(): Promise<readonly Relay[]>;
  /** Replaces the list; conversations stay where they are until rotated. @throws badArgument naming the address that is wrong */
  set(params: { readonly relays: readonly Omit<Relay, "host">[] }): Promise<readonly Relay[]>;
  /** Public relays that the reference client presets, with who runs them and where their conditions are; never used unasked. */
  presets(): Promise<
    readonly {
      readonly operator: string;
      readonly conditionsUrl: string;
      readonly addresses: readonly string[];
    }[]
  >;
  /** One for each relay in use now. */
  status(): Promise<readonly RelayStatus[]>;
  /** Connects, does the handshake, disconnects. Milliseconds it took. @throws badArgument, relayUnreachable, relayRefused */
  test(params: { readonly address: string }): Promise<{ readonly tookMs: number; readonly version: number }>;
  /** Tries all relays that are down now instead of at their next time. */
  reconnect(): Promise<void>;
}

export interface NetworkApi {
  get(): Promise<NetworkSettings>;
  /** Changes what is given; new connections use it. */
  set(params: Partial<NetworkSettings>): Promise<NetworkSettings>;
}

export interface StorageApi {
  info(): Promise<StorageInfo>;
  /** Encrypts the data under another passphrase; "" goes back to a key file. @throws wrongPassphrase for `current` */
  setPassphrase(params: { readonly current?: string; readonly passphrase: string }): Promise<void>;
  /** Writes everything to one encrypted file, which must not exist. @throws noPermission, diskFull, badArgument */
  backup(params: {
    readonly path: string;
    readonly passphrase: string;
  }): Promise<{ readonly sizeBytes: number }>;
}
