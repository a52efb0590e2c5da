import type { Transaction } from "../../store/store.ts";
import {
  ChatError,
  type ContactApi,
  type OwnProfile,
  type Preferences,
  type Profile,
  type ProfileApi,
} from "../api.ts";
import type { ContactRecord } from "../store/records.ts";
import {
  connections,
  contacts,
  conversationPrefix,
  getSettings,
  messages,
  putSettings,
} from "../store/tables.ts";
import { sameSecurityCode } from "../text/security-code.ts";
import { type Context, change, contactOf, ownProfile, updateContact } from "./context.ts";
import { asChat } from "./errors.ts";
import { addEvent, eraseHistory } from "./history.ts";
import { featuresOf } from "./lifetimes.ts";
import { agentRelays, agentRouting } from "./network-api.ts";
import { tellContact } from "./outgoing.ts";
import { toPeerProfile } from "./peer-profile.ts";
import { securityOf } from "./security.ts";
import { viewContact } from "./views.ts";

const nameLengthMax = 80;
const textLengthMax = 500;
const imageLengthMax = 12_500;

/** Our own profile. */
export function profileApi(context: Context): ProfileApi {
  const { store, agent } = context;
  return {
    get: () => asChat(() => store.transaction((tx) => getSettings(tx).profile ?? null)),
    create: (profile) =>
      asChat(() => {
        checkProfile(profile);
        const settings = store.transaction(getSettings);
        if (settings.profile !== undefined)
          throw new ChatError("profileExists", "There is a profile already.");
        const agentProfile =
          agent.profiles()[0] ?? agent.createProfile(agentRelays(settings), agentRouting(settings.network));
        const own = { ...profile, sendReceipts: true, preferences: {} };
        return change(context, (tx) => {
          putSettings(tx, { ...getSettings(tx), profile: own, agentProfile });
          context.changes.other({ type: "profile.updated", profile: own });
          return own;
        });
      }),
    update: (fields) =>
      asChat(() =>
        change(context, (tx) => {
          const settings = ownProfile(tx);
          const profile = updatedProfile(settings.profile, fields);
          checkProfile(profile);
          putSettings(tx, { ...settings, profile });
          context.changes.other({ type: "profile.updated", profile });
          for (const { value: contact } of contacts.range(tx)) {
            if (contact.incognito !== undefined) continue;
            tellContact(context, tx, contact, {
              event: "x.info",
              params: { profile: toPeerProfile({ profile }, contact) },
            });
          }
          return profile;
        }),
      ),
  };
}

/** Contacts: names, verification, preferences, deletion. */
export function contactApi(context: Context): ContactApi {
  const { store, changes, agent } = context;
  return {
    list: () =>
      asChat(() =>
        store.transaction((tx) =>
          contacts
            .range(tx)
            .map(({ value }) => viewContact(value))
            .sort((a, b) => nameOf(a).localeCompare(nameOf(b))),
        ),
      ),
    get: ({ contactId }) => asChat(() => store.transaction((tx) => viewContact(contactOf(tx, contactId)))),
    rename: ({ contactId, alias }) =>
      asChat(() => {
        const name = alias.trim();
        if (name.length > nameLengthMax)
          throw new ChatError("badArgument", `A name has at most ${nameLengthMax} characters.`);
        const fields = { alias: name === "" ? undefined : name };
        return change(context, (tx) => viewContact(updateContact(context, tx, contactId, fields)));
      }),
    mute: ({ contactId, muted }) =>
      asChat(() => change(context, (tx) => viewContact(updateContact(context, tx, contactId, { muted })))),
    verify: ({ contactId, code }) =>
      asChat(() =>
        change(context, (tx) => {
          const contact = contactOf(tx, contactId);
          const verified =
            code === null
              ? undefined
              : { code: checkedCode(context, tx, contact, code), atMs: context.clock.nowMs() };
          if ((contact.verified === undefined) === (verified === undefined)) return viewContact(contact);
          updateContact(context, tx, contactId, { verified });
          addEvent(context, tx, contactId, { type: "verified", on: verified !== undefined });
          return viewContact(contactOf(tx, contactId));
        }),
      ),
    preferences: ({ contactId }) =>
      asChat(() => store.transaction((tx) => featuresOf(tx, contactOf(tx, contactId)))),
    setPreferences: ({ contactId, preferences }) =>
      asChat(() =>
        change(context, (tx) => {
          checkPreferences(preferences);
          const contact = updateContact(context, tx, contactId, { preferences });
          const profile = toPeerProfile(getSettings(tx), contact);
          tellContact(context, tx, contact, { event: "x.info", params: { profile } });
          return featuresOf(tx, contact);
        }),
      ),
    delete: ({ contactId, notify }) =>
      asChat(() =>
        change(context, (tx) => {
          const contact = contactOf(tx, contactId);
          if (notify) tellContact(context, tx, contact, { event: "x.direct.del", params: {} });
          agent.delete(contact.connection, { waitDelivery: notify && contact.state === "connected" }, tx);
          for (const { value } of messages.range(tx, { prefix: conversationPrefix(contactId) })) {
            changes.messageRemoved(contactId, value.id);
          }
          eraseHistory(tx, contactId);
          contacts.delete(tx, contactId);
          connections.delete(tx, contact.connection);
          changes.other({ type: "contact.removed", contactId });
        }),
      ),
  };
}

/** The code of a connection, if that is the one given. @throws ChatError wrongCode, notConnected */
function checkedCode(context: Context, tx: Transaction, contact: ContactRecord, given: string): string {
  const { code } = securityOf(context, tx, contact);
  if (code === undefined)
    throw new ChatError("notConnected", "There is no security code before the contact is connected.");
  if (!sameSecurityCode(code, given)) {
    throw new ChatError(
      "wrongCode",
      "The codes differ: somebody may be in between, or it is the code of another contact. Nothing was changed.",
    );
  }
  return code;
}

/** A profile with some fields changed; "" takes an optional text away. */
function updatedProfile(before: OwnProfile, fields: Partial<OwnProfile>): OwnProfile {
  const { fullName, description, image, ...others } = { ...before, ...fields };
  return {
    ...others,
    ...((fullName ?? "") === "" ? {} : { fullName }),
    ...((description ?? "") === "" ? {} : { description }),
    ...((image ?? "") === "" ? {} : { image }),
  };
}

function nameOf({ alias, profile }: { alias?: string; profile: Profile }): string {
  return alias ?? profile.displayName;
}

function checkProfile({ displayName, fullName = "", description = "", image = "" }: Profile): void {
  const length = Array.from(displayName).length;
  if (displayName.trim() === "" || length > nameLengthMax || /[\p{Cc}\u2028\u2029]/u.test(displayName)) {
    throw new ChatError("badArgument", `A name has 1 to ${nameLengthMax} characters on one line.`);
  }
  if (fullName.length > textLengthMax || description.length > textLengthMax) {
    throw new ChatError("badArgument", `A full name or description has at most ${textLengthMax} characters.`);
  }
  if (image !== "" && (image.length > imageLengthMax || !/^data:image\/(?:jpe?g|png);base64,/.test(image))) {
    throw new ChatError(
      "badArgument",
      `A picture is a data: URL of JPEG or PNG of at most ${imageLengthMax} characters.`,
    );
  }
}

function checkPreferences({ timedMessages }: Preferences): void {
  const ttl = timedMessages?.ttlSeconds;
  if (ttl !== undefined && !(Number.isSafeInteger(ttl) && ttl > 0)) {
    throw new ChatError("badArgument", "A lifetime is a whole number of seconds above 0.");
  }
}
