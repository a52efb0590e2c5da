import type { Transaction } from "../../store/store.ts";
import type { Profile } from "../api.ts";
import type { PeerPreferences, PeerProfile } from "../protocol/profile.ts";
import type { ContactRecord, SettingsRecord } from "../store/records.ts";
import { toPeerPreferences } from "../text/preferences.ts";
import { type Context, updateContact } from "./context.ts";
import { addEvent } from "./history.ts";
import { featuresOf } from "./lifetimes.ts";

/** Longest name that is kept of what a peer sends, in UTF-16 units. */
const nameLengthMax = 200;
const descriptionLengthMax = 1000;

/** What we keep of a profile that a peer sent. */
export function fromPeerProfile(peer: PeerProfile): Profile {
  const { displayName, fullName, shortDescr, image } = peer;
  return {
    displayName: displayName.slice(0, nameLengthMax),
    ...(fullName === "" ? {} : { fullName: fullName.slice(0, nameLengthMax) }),
    ...(shortDescr === undefined ? {} : { description: shortDescr.slice(0, descriptionLengthMax) }),
    ...(image === undefined || !/^data:image\/(?:jpe?g|png);base64,/.test(image) ? {} : { image }),
  };
}

/** What a contact is told about us: our profile, or the one made up for it. */
export function toPeerProfile(
  settings: Pick<SettingsRecord, "profile">,
  contact: Pick<ContactRecord, "incognito" | "preferences">,
): PeerProfile {
  const profile: Profile = contact.incognito ?? settings.profile ?? { displayName: "" };
  const defaults = contact.incognito === undefined ? (settings.profile?.preferences ?? {}) : {};
  return {
    displayName: profile.displayName,
    fullName: profile.fullName ?? "",
    ...(profile.description === undefined ? {} : { shortDescr: profile.description }),
    ...(profile.image === undefined ? {} : { image: profile.image }),
    preferences: toPeerPreferences(contact.preferences, defaults),
  };
}

/** Takes over what a contact told about itself, with lines in the conversation for what changed. */
export function applyPeerProfile(
  context: Context,
  tx: Transaction,
  contact: ContactRecord,
  peer: PeerProfile,
): ContactRecord {
  const profile = fromPeerProfile(peer);
  const before = contact.profile;
  const featuresBefore = featuresOf(tx, contact);
  const updated = updateContact(context, tx, contact.id, {
    profile,
    theirPreferences: peer.preferences satisfies PeerPreferences | undefined,
  });
  if (contact.state !== "connected") return updated;
  if (
    before.displayName !== profile.displayName ||
    before.fullName !== profile.fullName ||
    before.image !== profile.image
  ) {
    addEvent(context, tx, contact.id, {
      type: "profileChanged",
      from: withoutImage(before),
      to: withoutImage(profile),
    });
  }
  const features = featuresOf(tx, updated).filter(
    (state, i) => JSON.stringify(state) !== JSON.stringify(featuresBefore[i]),
  );
  if (features.length > 0) addEvent(context, tx, contact.id, { type: "preferencesChanged", features });
  return updated;
}

/** Pictures would make the lines of the history large. */
function withoutImage({ image: _, ...profile }: Profile): Profile {
  return profile;
}
