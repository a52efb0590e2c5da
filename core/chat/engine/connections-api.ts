import type { ConnectionId } from "../../agent/api.ts";
import type { AgentError } from "../../agent/errors.ts";
import { DecodeError, utf8Decode, utf8Encode } from "../../bytes/index.ts";
import type { Cancel } from "../../clock/clock.ts";
import type { Transaction } from "../../store/store.ts";
import {
  type AddressApi,
  ChatError,
  type ConnectionApi,
  type InvitationApi,
  type LinkPreview,
  type Profile,
  type RequestApi,
} from "../api.ts";
import { parseJson } from "../json/json.ts";
import { decodeLinkUserData } from "../protocol/compressed.ts";
import { contactLinkData, groupLinkData } from "../protocol/profile.ts";
import type { AddressRecord, InvitationRecord } from "../store/records.ts";
import {
  connections,
  contacts,
  getAddress,
  getSettings,
  invitations,
  nextId,
  putAddress,
  requests,
} from "../store/tables.ts";
import { type Context, change, contactOf, ownProfile } from "./context.ts";
import { asChat, toChatError } from "./errors.ts";
import { acceptRequest, addContact, madeUpProfile, ownInfo, requestInfo } from "./joining.ts";
import { fromPeerProfile, toPeerProfile } from "./peer-profile.ts";
import { securityOf } from "./security.ts";
import { viewAddress, viewContact, viewInvitation, viewRequest } from "./views.ts";

/** How long `join` waits for the relay to take our answer; it goes on in the background after that. */
const joinWaitMs = 20_000;

/** Waits for what the agent says about connections that are being joined. */
export class Joiners {
  readonly #waiting = new Map<ConnectionId, (outcome: AgentError | undefined) => void>();

  /** Tells who waits for this connection how it went: undefined for well. */
  settle(connection: ConnectionId, outcome: AgentError | undefined): void {
    this.#waiting.get(connection)?.(outcome);
  }

  /** Resolves when the relay has our answer or the time is over, rejects when joining failed for good. */
  wait({ clock }: Context, connection: ConnectionId): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel: Cancel = clock.after(joinWaitMs, () => this.settle(connection, undefined));
      this.#waiting.set(connection, (outcome) => {
        cancel();
        this.#waiting.delete(connection);
        if (outcome === undefined) resolve();
        else reject(outcome);
      });
    });
  }
}

export function invitationApi(context: Context): InvitationApi {
  const { agent, store, clock, changes } = context;
  return {
    create: ({ incognito, label }) =>
      asChat(async () => {
        const { agentProfile, ...settings } = store.transaction(ownProfile);
        const madeUp = madeUpProfile(context, incognito);
        const userData = linkData(settings, madeUp, undefined);
        const link = await agent.createInvitation(agentProfile, { userData });
        return change(context, (tx) => {
          const invitation: InvitationRecord = {
            id: nextId(tx, "invitation"),
            ...link,
            createdAtMs: clock.nowMs(),
            label: label === "" ? undefined : label,
            incognito: madeUp,
          };
          invitations.put(tx, invitation.id, invitation);
          connections.put(tx, link.connection, { type: "invitation", invitationId: invitation.id });
          changes.other({ type: "invitation.added", invitation: viewInvitation(invitation) });
          return viewInvitation(invitation);
        });
      }),
    list: () =>
      asChat(() =>
        store.transaction((tx) =>
          invitations.range(tx, { reverse: true }).map(({ value }) => viewInvitation(value)),
        ),
      ),
    cancel: ({ invitationId }) =>
      asChat(() =>
        change(context, (tx) => {
          const invitation = invitations.get(tx, invitationId);
          if (invitation === undefined)
            throw new ChatError("notFound", `There is no invitation ${invitationId}.`);
          agent.delete(invitation.connection, {}, tx);
          invitations.delete(tx, invitationId);
          connections.delete(tx, invitation.connection);
          changes.other({ type: "invitation.removed", invitationId, used: false });
        }),
      ),
  };
}

export function connectionApi(context: Context, joiners: Joiners): ConnectionApi {
  const { agent, store } = context;
  const preview = async (link: string): Promise<LinkPreview & { readonly fullLink: string }> => {
    const { agentProfile } = store.transaction(ownProfile);
    const resolved = await agent.resolve(agentProfile, link.trim());
    const known = store.transaction((tx) => contactOfLink(tx, resolved.fullLink));
    return {
      fullLink: resolved.fullLink,
      own: resolved.own !== undefined,
      ...(known === undefined ? {} : { contactId: known }),
      ...describeLink(resolved.kind, resolved.direct, resolved.userData),
    };
  };
  const act = (contactId: number, run: (connection: ConnectionId) => void) =>
    asChat(() => {
      run(store.transaction((tx) => contactOf(tx, contactId).connection));
      return store.transaction((tx) => securityOf(context, tx, contactOf(tx, contactId)));
    });
  return {
    preview: ({ link }) =>
      asChat(async () => {
        const { fullLink: _, ...described } = await preview(link);
        return described;
      }),
    join: ({ link, incognito, text = "" }) =>
      asChat(async () => {
        const { fullLink, own, contactId, kind, profile } = await preview(link);
        if (own) throw new ChatError("ownLink", "This link is your own: give it to somebody else.");
        if (contactId !== undefined)
          throw new ChatError("alreadyConnected", "You are connected through this link already.");
        if (kind === "group" || kind === "channel") {
          throw new ChatError(
            "badLink",
            `This is the link of a ${kind}; only contacts can be joined so far.`,
          );
        }
        const settings = store.transaction(ownProfile);
        const madeUp = madeUpProfile(context, incognito);
        const added = change(context, (tx) => {
          const info = kind === "address" ? requestInfo(context, tx, madeUp, text) : ownInfo(tx, madeUp);
          const connection = agent.join(settings.agentProfile, fullLink, info, {}, tx);
          const known = profile === undefined ? {} : { profile };
          return addContact(context, tx, { connection, incognito: madeUp, link: fullLink, ...known });
        });
        const joined = joiners.wait(context, added.connection);
        try {
          await joined;
        } catch (error) {
          change(context, (tx) => forget(context, tx, added.id));
          throw error;
        }
        return store.transaction((tx) => viewContact(contactOf(tx, added.id)));
      }),
    security: ({ contactId }) =>
      asChat(() => store.transaction((tx) => securityOf(context, tx, contactOf(tx, contactId)))),
    rotate: ({ contactId }) => act(contactId, (connection) => agent.switchRelay(connection)),
    resync: ({ contactId, force }) =>
      act(contactId, (connection) => agent.synchronizeRatchet(connection, force)),
  };
}

export function addressApi(context: Context): AddressApi {
  const { agent, store, clock, changes } = context;
  const put = (tx: Transaction, address: AddressRecord) => {
    putAddress(tx, address);
    changes.other({ type: "address.updated", address: viewAddress(address) });
    return viewAddress(address);
  };
  return {
    get: () =>
      asChat(() => {
        const address = store.transaction(getAddress);
        return address === undefined ? null : viewAddress(address);
      }),
    create: () =>
      asChat(async () => {
        const present = store.transaction(getAddress);
        if (present !== undefined) return viewAddress(present);
        const { agentProfile, ...settings } = store.transaction(ownProfile);
        const link = await agent.createAddress(agentProfile, {
          userData: linkData(settings, undefined, undefined),
        });
        return change(context, (tx) => {
          connections.put(tx, link.connection, { type: "address" });
          return put(tx, { ...link, createdAtMs: clock.nowMs() });
        });
      }),
    update: ({ autoAccept, welcomeText }) =>
      asChat(async () => {
        const before = store.transaction(addressOf);
        const settings = store.transaction(getSettings);
        const welcome = (welcomeText ?? before.welcomeText ?? "") || undefined;
        if (welcome !== before.welcomeText && before.shortLink !== undefined) {
          await agent.setLinkData(before.connection, linkData(settings, undefined, welcome));
        }
        return change(context, (tx) => {
          const address = addressOf(tx);
          const accept = autoAccept === undefined ? address.autoAccept : (autoAccept ?? undefined);
          return put(tx, { ...address, autoAccept: accept, welcomeText: welcome });
        });
      }),
    delete: () =>
      asChat(() =>
        change(context, (tx) => {
          const { connection } = addressOf(tx);
          for (const { key, value } of requests.range(tx)) {
            agent.reject(value.agentId, tx);
            requests.delete(tx, key);
            changes.other({ type: "request.removed", requestId: key });
          }
          agent.delete(connection, {}, tx);
          connections.delete(tx, connection);
          putAddress(tx, undefined);
          changes.other({ type: "address.updated" });
        }),
      ),
  };
}

export function requestApi(context: Context): RequestApi {
  const { agent, store, changes } = context;
  const take = (tx: Transaction, requestId: number) => {
    const request = requests.get(tx, requestId);
    if (request === undefined) throw new ChatError("notFound", `There is no request ${requestId}.`);
    requests.delete(tx, requestId);
    changes.other({ type: "request.removed", requestId });
    return request;
  };
  return {
    list: () =>
      asChat(() =>
        store.transaction((tx) =>
          requests.range(tx, { reverse: true }).map(({ value }) => viewRequest(value)),
        ),
      ),
    accept: ({ requestId, incognito }) =>
      asChat(() =>
        change(context, (tx) => acceptRequest(context, tx, take(tx, requestId), incognito === true)),
      ),
    reject: ({ requestId }) =>
      asChat(() => change(context, (tx) => agent.reject(take(tx, requestId).agentId, tx))),
  };
}

function addressOf(tx: Transaction): AddressRecord {
  const address = getAddress(tx);
  if (address === undefined) throw new ChatError("notFound", "There is no address: create one first.");
  return address;
}

/** What is stored behind a short link: our profile, and a welcome. */
function linkData(
  settings: { readonly profile?: Profile | undefined },
  incognito: Profile | undefined,
  welcome: string | undefined,
): Uint8Array {
  const own = incognito ?? settings.profile ?? { displayName: "" };
  // Pictures don't fit next to everything else that is stored behind a link.
  const {
    image: _,
    preferences: __,
    ...profile
  } = toPeerProfile({ profile: { ...own, sendReceipts: false, preferences: {} } }, { preferences: {} });
  const message = welcome === undefined ? {} : { message: { type: "text", text: welcome } };
  return utf8Encode(JSON.stringify(contactLinkData.encode({ profile, business: false, ...message })));
}

function describeLink(
  kind: "invitation" | "contact",
  direct: boolean,
  userData: Uint8Array | undefined,
): Omit<LinkPreview, "own"> {
  if (userData === undefined) return { kind: kind === "contact" ? "address" : kind };
  try {
    const json = parseJson(utf8Decode(decodeLinkUserData(userData)));
    if (kind === "contact" && typeof json === "object" && json !== null && "groupProfile" in json) {
      const { groupProfile } = groupLinkData.decode(json);
      return { kind: direct ? "group" : "channel", profile: { displayName: groupProfile.displayName } };
    }
    const { profile, message } = contactLinkData.decode(json);
    const welcome = message === undefined ? {} : { welcomeText: message.text };
    return { kind: kind === "contact" ? "address" : kind, profile: fromPeerProfile(profile), ...welcome };
  } catch (error) {
    // What is behind a link is for show: a link that tells nothing about its maker can still be joined.
    if (error instanceof DecodeError) return { kind: kind === "contact" ? "address" : kind };
    throw toChatError(error);
  }
}

function contactOfLink(tx: Transaction, fullLink: string): number | undefined {
  const found = contacts.range(tx).find(({ value }) => value.link === fullLink && value.state !== "deleted");
  return found?.key;
}

/** Removes a contact that could not be joined. */
function forget({ agent, changes }: Context, tx: Transaction, contactId: number): void {
  const { connection } = contactOf(tx, contactId);
  agent.delete(connection, {}, tx);
  contacts.delete(tx, contactId);
  connections.delete(tx, connection);
  changes.other({ type: "contact.removed", contactId });
}
