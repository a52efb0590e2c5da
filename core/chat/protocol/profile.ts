import { boolean, integer, type JsonValue, object, oneOf, optional, string } from "../json/json.ts";

const allow = oneOf("always", "yes", "no");
const feature = optional(object({ allow }));

/** What one side allows in a direct conversation. Specification: SimpleX Chat protocol, "User profile". */
export const preferences = object({
  timedMessages: optional(object({ allow, ttl: optional(integer) })),
  fullDelete: feature,
  reactions: feature,
  voice: feature,
  files: feature,
  calls: feature,
  sessions: feature,
});
export type PeerPreferences = JsonValue<typeof preferences>;

/** What people tell of themselves. Specification: SimpleX Chat protocol, "User profile". */
export const profile = object({
  displayName: string,
  fullName: string,
  shortDescr: optional(string),
  image: optional(string),
  contactLink: optional(string),
  preferences: optional(preferences),
  peerType: optional(string),
});
export type PeerProfile = JsonValue<typeof profile>;

const enable = oneOf("on", "off");
const role = oneOf("relay", "observer", "author", "member", "moderator", "admin", "owner");
const groupFeature = optional(object({ enable }));
const groupFeatureForRole = optional(object({ enable, role: optional(role) }));

/** What is allowed in a group. Specification: SimpleX Chat protocol, "Group profile". */
export const groupPreferences = object({
  timedMessages: optional(object({ enable, ttl: optional(integer) })),
  directMessages: groupFeatureForRole,
  fullDelete: groupFeature,
  reactions: groupFeature,
  voice: groupFeatureForRole,
  files: groupFeatureForRole,
  simplexLinks: groupFeatureForRole,
  reports: groupFeature,
  history: groupFeature,
  sessions: groupFeatureForRole,
});

export const groupProfile = object({
  displayName: string,
  fullName: string,
  shortDescr: optional(string),
  description: optional(string),
  image: optional(string),
  groupPreferences: optional(groupPreferences),
  memberAdmission: optional(object({ review: optional(string) })),
});

export const memberRole = role;

/** The user data of a contact address or invitation with a short link. */
export const contactLinkData = object({
  profile,
  message: optional(object({ type: string, text: string })),
  business: boolean,
});

/** The user data of a group link. */
export const groupLinkData = object({ groupProfile });
