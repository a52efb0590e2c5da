import type {
  Address,
  Contact,
  ContactId,
  ContactRequest,
  Conversation,
  Draft,
  Invitation,
  InvitationId,
  Message,
  MessageId,
  OwnProfile,
  Relay,
  RelayStatus,
  RequestId,
} from "./api-types.ts";

/**
 * What happened, told to every listener of `Chat.subscribe` in the order it was committed to the store.
 * Each event carries the new state, so a listener never has to ask again. `sotto rpc` sends each as a
 * JSON-RPC notification with method "event" and the event as params.
 *
 * Changes made through this API come back as events too (also to the one who made them), before the
 * promise of the method resolves.
 */
export type ChatEvent =
  | { readonly type: "profile.updated"; readonly profile: OwnProfile }
  /** A contact appeared: we joined or accepted, or our invitation was used (then `invitationId` is gone). */
  | { readonly type: "contact.added"; readonly contact: Contact; readonly invitationId?: InvitationId }
  /** State, profile, name, verified, quantum-safe or preferences changed. */
  | { readonly type: "contact.updated"; readonly contact: Contact }
  | { readonly type: "contact.removed"; readonly contactId: ContactId }
  /** Unread count, last message or draft changed; sent once after every `message.*` event it follows from. */
  | { readonly type: "conversation.updated"; readonly conversation: Conversation }
  | { readonly type: "message.added"; readonly message: Message }
  /** Text, status, reactions, read, deleted mark or expiry changed. */
  | { readonly type: "message.updated"; readonly message: Message }
  | {
      readonly type: "message.removed";
      readonly contactId: ContactId;
      readonly messageIds: readonly MessageId[];
    }
  | { readonly type: "draft.updated"; readonly contactId: ContactId; readonly draft?: Draft }
  | { readonly type: "invitation.added"; readonly invitation: Invitation }
  /** Used (a `contact.added` follows) or cancelled. */
  | { readonly type: "invitation.removed"; readonly invitationId: InvitationId; readonly used: boolean }
  | { readonly type: "address.updated"; readonly address?: Address }
  | { readonly type: "request.added"; readonly request: ContactRequest }
  | { readonly type: "request.removed"; readonly requestId: RequestId }
  | { readonly type: "relays.updated"; readonly relays: readonly Relay[] }
  | { readonly type: "relay.status"; readonly status: RelayStatus }
  /** Something failed in the background that the user should know; `text` is one or two plain sentences. */
  | {
      readonly type: "warning";
      readonly code: string;
      readonly text: string;
      readonly contactId?: ContactId;
    };
