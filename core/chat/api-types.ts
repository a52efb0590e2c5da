/**
 * The values that cross the chat API (`api.ts`): plain JSON, so that the terminal client, `sotto rpc`
 * and the one-shot commands all read the same. Times are milliseconds since the Unix epoch, durations
 * say their unit in the name, ids are whole numbers from 1 that never change or get used again.
 * A field that does not apply is absent, never null, unless its comment says otherwise.
 *
 * Text that came from a peer is passed on as it came: whoever draws it sanitises it (`sanitize.ts`).
 */

/** Names a contact; its conversation has the same id. */
export type ContactId = number;
/** Names a message or an event line; within a conversation a later line has a higher id. */
export type MessageId = number;
/** Names a pending invitation of ours. */
export type InvitationId = number;
/** Names a contact request that waits for accept or reject. */
export type RequestId = number;

/** What people we connect with see of us, or we of them. */
export interface Profile {
  /** 1 to 80 characters on one line. */
  readonly displayName: string;
  readonly fullName?: string;
  /** One line about oneself ("short description" in the protocol). */
  readonly description?: string;
  /** A `data:image/jpeg;base64,` or `data:image/png;base64,` URL, as the protocol has it. */
  readonly image?: string;
}

/** Our own profile with the settings that belong to it. */
export interface OwnProfile extends Profile {
  /** Whether we tell senders that their message arrived (delivery receipts). */
  readonly sendReceipts: boolean;
  /** What we allow in new conversations. */
  readonly preferences: Preferences;
}

/** `always`: even if the contact does not; `yes`: if the contact does too; `no`. */
export type Allow = "always" | "yes" | "no";
export type Feature = "timedMessages" | "fullDelete" | "reactions" | "voice" | "files" | "calls";

/** What one side allows. Features left out follow the default of the profile, or of the protocol. */
export interface Preferences {
  /** How long messages stay before they disappear from both sides, in seconds. */
  readonly timedMessages?: { readonly allow: Allow; readonly ttlSeconds?: number };
  readonly fullDelete?: Allow;
  readonly reactions?: Allow;
  readonly voice?: Allow;
  readonly files?: Allow;
  readonly calls?: Allow;
}

/** One feature of one conversation: what both sides said, and what follows for each side's messages. */
export interface FeatureState {
  readonly feature: Feature;
  readonly mine: Allow;
  /** `true` when `mine` is only the profile's default. */
  readonly mineIsDefault: boolean;
  readonly theirs: Allow;
  readonly enabledForMe: boolean;
  readonly enabledForThem: boolean;
  /** Timed messages only: the lifetime in force. */
  readonly ttlSeconds?: number;
}

/** `connecting`: joined or accepted, the handshake is not over; `deleted`: the contact deleted us. */
export type ContactState = "connecting" | "connected" | "deleted";

export interface Contact {
  readonly id: ContactId;
  readonly state: ContactState;
  /** The contact's profile; while connecting it is what the link told, or `displayName` is "". */
  readonly profile: Profile;
  /** The name we gave the contact, shown instead of `profile.displayName`. */
  readonly alias?: string;
  readonly createdAtMs: number;
  readonly muted: boolean;
  readonly verified: boolean;
  /** Post-quantum encryption in both directions right now. */
  readonly quantumSafe: boolean;
  /** The random profile we use towards this contact, if the connection is incognito. */
  readonly incognito?: Profile;
}

/** State of the encryption and the queues of one contact's connection. */
export interface ConnectionSecurity {
  /** `off`: classical only; `pending`: being agreed over the next messages; `on`: both directions. */
  readonly quantum: {
    readonly send: boolean;
    readonly receive: boolean;
    readonly state: "off" | "pending" | "on";
  };
  readonly verified: boolean;
  readonly verifiedAtMs?: number;
  /** The security code as the network shows it: digits in groups divided by spaces; absent until connected. */
  readonly code?: string;
  /** What the QR code of the verification screen holds. */
  readonly codeQr?: string;
  /** `ok`; `suggested`: messages can't be decrypted, a re-sync would help; `required`; `running`. */
  readonly ratchet: "ok" | "suggested" | "required" | "running";
  /** Hosts of the relays we receive from and send to, current ones first. */
  readonly receiveRelays: readonly string[];
  readonly sendRelays: readonly string[];
  /** A move of our receive queue to another relay is under way. */
  readonly rotating: boolean;
  readonly chatVersion: number;
  readonly agentVersion: number;
}

/** One line of the conversation list: a contact with what happened last. Sorted by `lastActivityMs`, latest first. */
export interface Conversation {
  readonly contact: Contact;
  readonly lastActivityMs: number;
  readonly unread: number;
  /** First message not read yet, if any. */
  readonly firstUnreadId?: MessageId;
  readonly last?: Message;
  /** The half-typed message, with the message it answers or edits. */
  readonly draft?: Draft;
}

export interface Draft {
  readonly text: string;
  readonly replyTo?: MessageId;
  readonly editing?: MessageId;
}

/** A piece of formatted text; styles nest by listing several. The texts joined are the message without its marks. */
export interface TextSpan {
  readonly text: string;
  readonly styles?: readonly ("bold" | "italic" | "strike" | "code" | "secret" | "small")[];
  /** red, green, blue, yellow, cyan, magenta */
  readonly colour?: string;
  /** Where the text leads: an http(s) address, mailto:, tel:, or a SimpleX link. */
  readonly link?: string;
}

/** `name` and `sizeBytes` as the peer states them; transfer of the bytes themselves is not part of this API yet. */
export interface FileInfo {
  readonly name: string;
  readonly sizeBytes: number;
}

export type MessageContent =
  | { readonly type: "text" }
  | { readonly type: "link"; readonly url: string; readonly title: string; readonly description: string }
  | { readonly type: "image"; readonly file?: FileInfo }
  | { readonly type: "video"; readonly durationSeconds: number; readonly file?: FileInfo }
  | { readonly type: "voice"; readonly durationSeconds: number; readonly file?: FileInfo }
  | { readonly type: "file"; readonly file?: FileInfo }
  | { readonly type: "report"; readonly reason: string }
  /** A kind of content or event that this version does not know, kept as it came. */
  | { readonly type: "unsupported"; readonly name: string }
  /** Not a message: something that happened to the connection, shown as a quiet line. */
  | { readonly type: "event"; readonly event: ConversationEvent };

export type ConversationEvent =
  | { readonly type: "connected" }
  | { readonly type: "contactDeleted" }
  | { readonly type: "profileChanged"; readonly from: Profile; readonly to: Profile }
  | { readonly type: "preferencesChanged"; readonly features: readonly FeatureState[] }
  | { readonly type: "quantumSafe"; readonly on: boolean }
  | { readonly type: "verified"; readonly on: boolean }
  /** The encryption was agreed anew: the security code is another one and must be verified again. */
  | { readonly type: "securityCodeChanged" }
  | { readonly type: "ratchetSync"; readonly state: ConnectionSecurity["ratchet"] }
  /** Our receive queue, or the contact's, moves: at `started` away from the relay `host`, at `completed` to it. */
  | {
      readonly type: "relayChanged";
      readonly side: "mine" | "theirs";
      readonly host: string;
      readonly phase: "started" | "completed";
    }
  /** The chain of messages shows a gap, a repetition or a change: `count` messages. */
  | {
      readonly type: "integrity";
      readonly problem: "missing" | "duplicate" | "badHash" | "badId";
      readonly count: number;
    }
  /** `count` messages in a row could not be decrypted. */
  | { readonly type: "undecryptable"; readonly count: number };

/** `pending`: not at the relay yet; `sent`: the relay has it; `delivered`: the contact's client has it. */
export type SendStatus =
  | { readonly state: "pending" }
  | { readonly state: "sent" }
  | { readonly state: "delivered"; readonly atMs: number }
  /** `reason` is one plain sentence for people. */
  | { readonly state: "failed"; readonly reason: string };

export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  /** One of `count` is ours. */
  readonly mine: boolean;
}

export interface Quote {
  /** The quoted message, when it is in this conversation's history here. */
  readonly messageId?: MessageId;
  /** Who wrote it; `unknown` when the quote matches no message of ours. */
  readonly by: "me" | "contact" | "unknown";
  readonly text: string;
  readonly atMs: number;
}

export interface Message {
  readonly id: MessageId;
  readonly contactId: ContactId;
  /** Events are `received`. */
  readonly direction: "sent" | "received";
  /** By the sender's clock for received messages. */
  readonly sentAtMs: number;
  readonly receivedAtMs?: number;
  readonly content: MessageContent;
  /** The text with its marks as typed; "" for events and deleted messages. */
  readonly text: string;
  /** `text` taken apart, absent when it is all plain. */
  readonly spans?: readonly TextSpan[];
  readonly quote?: Quote;
  readonly forwarded: boolean;
  readonly edited: boolean;
  /** Being typed by the contact still: its text grows. */
  readonly live: boolean;
  /** Who deleted it, when it is kept as a mark only. */
  readonly deletedBy?: "me" | "contact";
  readonly reactions: readonly Reaction[];
  /** Sent messages only. */
  readonly status?: SendStatus;
  /** Received messages and events only. */
  readonly read?: boolean;
  /** When it disappears; set once it was read, or sent. */
  readonly expiresAtMs?: number;
}

/** A stretch of one conversation, oldest first. */
export interface MessagePage {
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** A one-time invitation that nobody used yet. */
export interface Invitation {
  readonly id: InvitationId;
  /** `https://` short link; absent when the relay offers none. */
  readonly shortLink?: string;
  /** `simplex:/invitation#...` */
  readonly fullLink: string;
  readonly createdAtMs: number;
  /** A note of ours for whom it is. */
  readonly label?: string;
  readonly incognito?: Profile;
}

/** Our long-term address, which anybody who has it can send a request to. */
export interface Address {
  readonly shortLink?: string;
  readonly fullLink: string;
  readonly createdAtMs: number;
  /** Absent: requests wait for accept or reject. */
  readonly autoAccept?: { readonly incognito: boolean };
  /** Sent to each new contact, and shown before connecting. */
  readonly welcomeText?: string;
}

export interface ContactRequest {
  readonly id: RequestId;
  readonly profile: Profile;
  readonly receivedAtMs: number;
  /** Text sent along with the request. */
  readonly text?: string;
}

/** What a link is, read without joining. */
export interface LinkPreview {
  readonly kind: "invitation" | "address" | "group" | "channel";
  /** Who made it, if the link's data says so. */
  readonly profile?: Profile;
  readonly welcomeText?: string;
  /** The link is one of our own. */
  readonly own: boolean;
  /** We are connected, or connecting, through this link already. */
  readonly contactId?: ContactId;
}

export interface Relay {
  /** `smp://<fingerprint>[:password]@host[,host][:port]` */
  readonly address: string;
  /** Host (and port, if not the usual one) for people. */
  readonly host: string;
  /** New queues of ours may be created there. */
  readonly receive: boolean;
  /** It may pass on our messages to relays that are not ours (private routing). */
  readonly proxy: boolean;
  /** `local`: the relay on this machine that the client starts; `preset`: public, `operator` runs it; `own`. */
  readonly origin: "local" | "preset" | "own";
  readonly operator?: string;
  /** Switched off relays stay in the list; no new queue or routing uses them. */
  readonly enabled: boolean;
}

export interface RelayStatus {
  readonly host: string;
  /** `idle`: nothing to do there. */
  readonly state: "idle" | "connecting" | "up" | "down";
  /** When the next attempt is made, if it is down and that is not in a moment. */
  readonly retryAtMs?: number;
  /** Why it is down, one plain clause. */
  readonly reason?: string;
  /** Which door answered: TLS as the network speaks it, or WebSocket. */
  readonly door?: "tls" | "websocket";
}

/** How messages reach relays that are not ours, and how we reach the network at all. */
export interface NetworkSettings {
  readonly privateRouting: "always" | "unknown" | "unprotected" | "never";
  readonly privateRoutingFallback: "allow" | "allowProtected" | "prohibit";
  /** `host:port` of a SOCKS5 proxy, such as Tor; null for none. */
  readonly socksProxy: string | null;
}

export interface StorageInfo {
  readonly sizeBytes: number;
  readonly messages: number;
  readonly contacts: number;
  /** The data are protected by a passphrase of the user's, not by a key file. */
  readonly passphrase: boolean;
}

export interface SearchHit {
  readonly message: Message;
  readonly contactName: string;
  /** UTF-16 offsets into `message.text` where words matched: [start, end). */
  readonly matches: readonly (readonly [number, number])[];
}
