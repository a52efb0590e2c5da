import type { AgentEvent } from "../../agent/api.ts";
import { infoLengthMax } from "../../agent/messages/lengths.ts";
import { agentSince } from "../../agent/versions.ts";
import type { Transaction } from "../../store/store.ts";
import { ChatError, type Contact, type ContactId, type InvitationId, type Profile } from "../api.ts";
import { decodeBody } from "../protocol/body.ts";
import type { KnownEvent } from "../protocol/events.ts";
import type { ChatMessage } from "../protocol/message.ts";
import type { PeerProfile } from "../protocol/profile.ts";
import { chatVersions } from "../protocol/version-range.ts";
import type { ContactRecord, RequestRecord } from "../store/records.ts";
import {
  connections,
  contacts,
  getAddress,
  getSettings,
  invitations,
  nextId,
  requests,
} from "../store/tables.ts";
import { incognitoProfile } from "../text/incognito.ts";
import { type Context, contactOf, updateContact } from "./context.ts";
import { addEvent, addMessage } from "./history.ts";
import { bodyOf, newSharedId, sharedIdText, tellContact } from "./outgoing.ts";
import { applyPeerProfile, fromPeerProfile, toPeerProfile } from "./peer-profile.ts";
import { setQuantumSafe } from "./receiving.ts";
import { sendGreeting, sendWaiting } from "./sending.ts";
import { viewContact, viewRequest } from "./views.ts";

type NewContact = Pick<ContactRecord, "connection"> & Partial<ContactRecord>;

/** Adds a contact that is connecting, and what its connection is. */
export function addContact(
  context: Context,
  tx: Transaction,
  fields: NewContact,
  invitationId?: InvitationId,
): ContactRecord {
  const now = context.clock.nowMs();
  const contact: ContactRecord = {
    state: "connecting",
    profile: { displayName: "" },
    preferences: {},
    createdAtMs: now,
    muted: false,
    quantumSafe: false,
    chatVersion: 1,
    lastActivityMs: now,
    unread: 0,
    ...fields,
    id: nextId(tx, "contact"),
  };
  contacts.put(tx, contact.id, contact);
  connections.put(tx, contact.connection, { type: "contact", contactId: contact.id });
  context.changes.contactAdded(contact.id, invitationId);
  return contact;
}

/** The longest information that fits into what makes any connection, in bytes. */
const infoLength = infoLengthMax(agentSince.postQuantum, true);

/** What we tell about ourselves when a connection is made; a picture that does not fit follows when it is there. */
export function ownInfo(tx: Transaction, incognito: Profile | undefined): Uint8Array {
  const profile = toPeerProfile(getSettings(tx), { incognito, preferences: {} });
  return infoOf(profile, (fitting) => ({ event: "x.info", params: { profile: fitting } }));
}

/** The body with a profile, without its picture where that makes it too long. */
function infoOf(profile: PeerProfile, event: (profile: PeerProfile) => KnownEvent): Uint8Array {
  const body = bodyOf(event(profile));
  if (body.length <= infoLength) return body;
  const { image: _, ...fitting } = profile;
  return bodyOf(event(fitting));
}

/** Tells our profile anew, where its picture did not fit into what made the connection. */
function tellPicture(context: Context, tx: Transaction, contact: ContactRecord): void {
  const profile = toPeerProfile(getSettings(tx), contact);
  const event: KnownEvent = { event: "x.info", params: { profile } };
  if (profile.image === undefined || bodyOf(event).length <= infoLength) return;
  try {
    tellContact(context, tx, contact, event);
  } catch (error) {
    // To an old client the picture may be too long in any way.
    if (!(error instanceof ChatError && error.code === "tooLong")) throw error;
  }
}

/** What we tell about ourselves when we ask to connect by an address. */
export function requestInfo(
  context: Context,
  tx: Transaction,
  incognito: Profile | undefined,
  text: string,
): Uint8Array {
  const profile = toPeerProfile(getSettings(tx), { incognito, preferences: {} });
  const contactReqId = newSharedId(context);
  const message: Partial<Extract<KnownEvent, { event: "x.contact" }>["params"]> =
    text === "" ? {} : { content: { type: "text", text }, msgId: newSharedId(context) };
  return infoOf(profile, (fitting) => ({
    event: "x.contact",
    params: { profile: fitting, contactReqId, ...message },
  }));
}

/** A profile made up for one connection, where that is asked for. */
export function madeUpProfile({ random }: Context, incognito: boolean | undefined): Profile | undefined {
  return incognito === true ? incognitoProfile(random) : undefined;
}

/** Someone joined by our invitation, which becomes a contact. */
export function invitationUsed(
  context: Context,
  tx: Transaction,
  invitationId: InvitationId,
  event: Extract<AgentEvent, { type: "confirmation" }>,
): void {
  const invitation = invitations.get(tx, invitationId);
  if (invitation === undefined) return;
  const peer = readInfo(event.info);
  invitations.delete(tx, invitationId);
  context.changes.other({ type: "invitation.removed", invitationId, used: true });
  const contact = addContact(
    context,
    tx,
    {
      connection: event.connection,
      incognito: invitation.incognito,
      profile: peer === undefined ? { displayName: "" } : fromPeerProfile(peer.profile),
      theirPreferences: peer?.profile.preferences,
      chatVersion: commonVersion(peer),
      alias: invitation.label,
    },
    invitationId,
  );
  context.agent.allow(event.connection, event.confirmation, ownInfo(tx, contact.incognito), tx);
}

/** Someone asks to connect by our address: accepted at once, or put to the user. */
export function requestArrived(
  context: Context,
  tx: Transaction,
  event: Extract<AgentEvent, { type: "request" }>,
): void {
  const peer = readInfo(event.info);
  const address = getAddress(tx);
  if (peer === undefined || address === undefined) {
    context.agent.reject(event.request, tx);
    return;
  }
  const request: RequestRecord = {
    id: nextId(tx, "request"),
    agentId: event.request,
    profile: fromPeerProfile(peer.profile),
    theirPreferences: peer.profile.preferences,
    chatVersion: commonVersion(peer),
    receivedAtMs: context.clock.nowMs(),
    text: peer.text,
    textSharedId: peer.msgId === undefined ? undefined : sharedIdText(peer.msgId),
  };
  if (address.autoAccept !== undefined) {
    acceptRequest(context, tx, request, address.autoAccept.incognito);
    return;
  }
  requests.put(tx, request.id, request);
  context.changes.other({ type: "request.added", request: viewRequest(request) });
}

/** Makes a contact of a request; what was written with it begins the conversation. */
export function acceptRequest(
  context: Context,
  tx: Transaction,
  request: RequestRecord,
  incognito: boolean,
): Contact {
  const madeUp = madeUpProfile(context, incognito);
  const connection = context.agent.accept(request.agentId, ownInfo(tx, madeUp), {}, tx);
  const { profile, theirPreferences, chatVersion, text } = request;
  const greeting = getAddress(tx)?.welcomeText;
  const contact = addContact(context, tx, {
    connection,
    incognito: madeUp,
    profile,
    theirPreferences,
    chatVersion,
    greeting,
  });
  if (text !== undefined) {
    addMessage(context, tx, {
      contactId: contact.id,
      direction: "received",
      sentAtMs: request.receivedAtMs,
      receivedAtMs: request.receivedAtMs,
      sharedId: request.textSharedId,
      content: { type: "text", text },
    });
  }
  return viewContact(contactOf(tx, contact.id));
}

/** The owner of the address by which we asked to connect has accepted: we answer as an inviter does. */
export function requestConfirmed(
  context: Context,
  tx: Transaction,
  contactId: ContactId,
  event: Extract<AgentEvent, { type: "confirmation" }>,
): void {
  infoArrived(context, tx, contactId, event.info);
  const { connection, incognito } = contactOf(tx, contactId);
  context.agent.allow(connection, event.confirmation, ownInfo(tx, incognito), tx);
}

/** The peer that we joined told about itself. */
export function infoArrived(context: Context, tx: Transaction, contactId: ContactId, info: Uint8Array): void {
  const peer = readInfo(info);
  if (peer === undefined) return;
  const chatVersion = commonVersion(peer);
  applyPeerProfile(context, tx, updateContact(context, tx, contactId, { chatVersion }), peer.profile);
}

/** Both directions work: what waited goes out. */
export function contactConnected(
  context: Context,
  tx: Transaction,
  contactId: ContactId,
  postQuantum: boolean,
): void {
  const before = contactOf(tx, contactId);
  if (before.state === "connected") return;
  const contact = updateContact(context, tx, contactId, { state: "connected", greeting: undefined });
  addEvent(context, tx, contactId, { type: "connected" });
  setQuantumSafe(context, tx, contact, postQuantum);
  const connected = contactOf(tx, contactId);
  tellPicture(context, tx, connected);
  if (before.greeting !== undefined) sendGreeting(context, tx, connected, before.greeting);
  sendWaiting(context, tx, connected);
}

interface PeerInfo {
  readonly versions: ChatMessage["versions"];
  readonly profile: PeerProfile;
  readonly text: string | undefined;
  readonly msgId: Uint8Array | undefined;
}

/** What a peer tells about itself in `x.info` or `x.contact`; undefined when it can't be read. */
export function readInfo(info: Uint8Array): PeerInfo | undefined {
  for (const part of decodeBody(info)) {
    if (part.type !== "message") continue;
    const { versions, event } = part.message;
    if (event.event === "x.info")
      return { versions, profile: event.params.profile, text: undefined, msgId: undefined };
    if (event.event === "x.contact") {
      const { profile, content, msgId } = event.params;
      return { versions, profile, text: content?.text, msgId };
    }
  }
  return undefined;
}

function commonVersion(peer: PeerInfo | undefined): number {
  return Math.max(1, Math.min(peer?.versions.max ?? 1, chatVersions.max));
}
