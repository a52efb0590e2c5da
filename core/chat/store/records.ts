import type { RequestId as AgentRequestId, ConnectionId } from "../../agent/api.ts";
import type {
  ContactId,
  ContactState,
  ConversationEvent,
  Draft,
  InvitationId,
  MessageId,
  NetworkSettings,
  OwnProfile,
  Preferences,
  Profile,
  Quote,
  Relay,
  RequestId,
  SendStatus,
} from "../api.ts";
import type { JsonObject } from "../json/json.ts";
import type { PeerPreferences } from "../protocol/profile.ts";

/** A contact with the state of its conversation. */
export interface ContactRecord {
  readonly id: ContactId;
  readonly connection: ConnectionId;
  readonly state: ContactState;
  readonly profile: Profile;
  readonly theirPreferences?: PeerPreferences | undefined;
  readonly preferences: Preferences;
  readonly alias?: string | undefined;
  readonly createdAtMs: number;
  readonly muted: boolean;
  readonly verified?: { readonly code: string; readonly atMs: number } | undefined;
  readonly quantumSafe: boolean;
  readonly incognito?: Profile | undefined;
  /** The link we joined by, as text, to tell when it is used again. */
  readonly link?: string | undefined;
  /** The highest version of the chat protocol that both sides speak. */
  readonly chatVersion: number;
  /** Sent to the contact once it is connected. */
  readonly greeting?: string | undefined;

  readonly lastActivityMs: number;
  readonly lastId?: MessageId | undefined;
  readonly unread: number;
  readonly firstUnreadId?: MessageId | undefined;
  readonly draft?: Draft | undefined;
}

/** A message, or a line about something that happened. */
export interface MessageRecord {
  readonly id: MessageId;
  readonly contactId: ContactId;
  readonly direction: "sent" | "received";
  readonly sentAtMs: number;
  readonly receivedAtMs?: number | undefined;
  /** The id both sides know it by, base64url; lines have none. */
  readonly sharedId?: string | undefined;
  /** Content as the protocol writes it; for unsupported events their name and parameters. */
  readonly content: JsonObject | undefined;
  readonly unsupported?: { readonly event: string; readonly params: JsonObject } | undefined;
  readonly event?: ConversationEvent | undefined;
  readonly file?: { readonly name: string; readonly sizeBytes: number } | undefined;
  readonly quote?: Omit<Quote, "messageId"> | undefined;
  readonly quotedSharedId?: string | undefined;
  readonly forwarded: boolean;
  readonly edited: boolean;
  readonly live: boolean;
  readonly deletedBy?: "me" | "contact" | undefined;
  readonly reactions: { readonly mine: readonly string[]; readonly theirs: readonly string[] };
  readonly status?: SendStatus | undefined;
  /** The agent's number of what has the message to send; absent while it waits for the connection. */
  readonly agentId?: number | undefined;
  readonly read: boolean;
  readonly ttlSeconds?: number | undefined;
  readonly expiresAtMs?: number | undefined;
}

export interface InvitationRecord {
  readonly id: InvitationId;
  readonly connection: ConnectionId;
  readonly shortLink?: string | undefined;
  readonly fullLink: string;
  readonly createdAtMs: number;
  readonly label?: string | undefined;
  readonly incognito?: Profile | undefined;
}

export interface AddressRecord {
  readonly connection: ConnectionId;
  readonly shortLink?: string | undefined;
  readonly fullLink: string;
  readonly createdAtMs: number;
  readonly autoAccept?: { readonly incognito: boolean } | undefined;
  readonly welcomeText?: string | undefined;
}

export interface RequestRecord {
  readonly id: RequestId;
  readonly agentId: AgentRequestId;
  readonly profile: Profile;
  readonly theirPreferences?: PeerPreferences | undefined;
  readonly chatVersion: number;
  readonly receivedAtMs: number;
  readonly text?: string | undefined;
  readonly textSharedId?: string | undefined;
}

/** What there is one of. */
export interface SettingsRecord {
  /** The agent's id of our profile. */
  readonly agentProfile?: number | undefined;
  readonly profile?: OwnProfile | undefined;
  readonly relays: readonly Relay[];
  readonly network: NetworkSettings;
}

/** What a connection of the agent is to the chat. */
export type ConnectionRole =
  | { readonly type: "contact"; readonly contactId: ContactId }
  | { readonly type: "invitation"; readonly invitationId: InvitationId }
  | { readonly type: "address" };
