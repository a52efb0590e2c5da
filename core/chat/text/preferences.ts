import type { Allow, Feature, FeatureState, Preferences } from "../api.ts";
import type { PeerPreferences } from "../protocol/profile.ts";

/** In the order in which they are shown. */
export const features: readonly Feature[] = [
  "timedMessages",
  "fullDelete",
  "reactions",
  "voice",
  "files",
  "calls",
];

/** What holds where nobody said anything: the defaults of the network's clients. */
const defaults: Readonly<Record<Feature, Allow>> = {
  timedMessages: "yes",
  fullDelete: "no",
  reactions: "yes",
  voice: "yes",
  files: "always",
  calls: "yes",
};

/** What each side allows, and what that means for a conversation. Specification: SimpleX Chat protocol, "User preferences". */
export function featureStates(
  contactOverrides: Preferences,
  profileDefaults: Preferences,
  theirs: PeerPreferences | undefined,
): readonly FeatureState[] {
  return features.map((feature) => {
    const override = allowOf(contactOverrides, feature);
    const mine = override ?? allowOf(profileDefaults, feature) ?? defaults[feature];
    const their = theirs?.[feature]?.allow ?? defaults[feature];
    const { forMe, forThem } = enabled(mine, their, feature !== "timedMessages");
    const state = {
      feature,
      mine,
      mineIsDefault: override === undefined,
      theirs: their,
      enabledForMe: forMe,
      enabledForThem: forThem,
    };
    if (feature !== "timedMessages") return state;
    const ttlSeconds = timedLifetime(contactOverrides, profileDefaults, theirs);
    return forMe && ttlSeconds !== undefined ? { ...state, ttlSeconds } : state;
  });
}

/** The state of one feature. */
export function featureState(states: readonly FeatureState[], feature: Feature): FeatureState {
  const found = states.find((state) => state.feature === feature);
  if (found === undefined) throw new TypeError(`no state of ${feature}`);
  return found;
}

/** What we tell a contact that we allow. */
export function toPeerPreferences(overrides: Preferences, profileDefaults: Preferences): PeerPreferences {
  const merged = { ...profileDefaults, ...overrides };
  const timed = merged.timedMessages;
  const simple = (feature: Exclude<Feature, "timedMessages">): { allow: Allow } => ({
    allow: merged[feature] ?? defaults[feature],
  });
  return {
    timedMessages: {
      allow: timed?.allow ?? defaults.timedMessages,
      ...(timed?.ttlSeconds === undefined ? {} : { ttl: timed.ttlSeconds }),
    },
    fullDelete: simple("fullDelete"),
    reactions: simple("reactions"),
    voice: simple("voice"),
    files: simple("files"),
    calls: simple("calls"),
  };
}

/** Lifetimes are agreed only where both sides name one: then the contact's word is what both use last. */
function timedLifetime(
  overrides: Preferences,
  profileDefaults: Preferences,
  theirs: PeerPreferences | undefined,
): number | undefined {
  return (
    overrides.timedMessages?.ttlSeconds ??
    profileDefaults.timedMessages?.ttlSeconds ??
    theirs?.timedMessages?.ttl
  );
}

function allowOf(preferences: Preferences, feature: Feature): Allow | undefined {
  return feature === "timedMessages" ? preferences.timedMessages?.allow : preferences[feature];
}

/** `asymmetric` features may be on for one side only: for the side whose contact allows them always. */
function enabled(mine: Allow, theirs: Allow, asymmetric: boolean): { forMe: boolean; forThem: boolean } {
  if (mine === "always" && theirs === "no") return { forMe: false, forThem: asymmetric };
  if (mine === "no" && theirs === "always") return { forMe: asymmetric, forThem: false };
  const both = mine !== "no" && theirs !== "no";
  return { forMe: both, forThem: both };
}
