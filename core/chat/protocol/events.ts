import {
  anyObject,
  anything,
  boolean,
  bytes,
  integer,
  type Json,
  type JsonCodec,
  type JsonValue,
  object,
  oneOf,
  optional,
  record,
  string,
  time,
} from "../json/json.ts";
import { messageContent } from "./content.ts";
import { groupPreferences, groupProfile, memberRole, profile } from "./profile.ts";
import { versionRange } from "./version-range.ts";

const empty = object({});

/** Points to a message: by the id that both sides know, and who sent it when. */
export const messageReference = object({
  msgId: optional(bytes),
  sentAt: time,
  sent: boolean,
  memberId: optional(bytes),
});

const quote = object({ msgRef: messageReference, content: messageContent });
const mentions = optional(record(object({ memberId: bytes })));
const scope = optional(object({ type: oneOf("member"), memberId: bytes }));
const fileDescription = object({
  fileDescrText: string,
  fileDescrPartNo: integer,
  fileDescrComplete: boolean,
});

/** A file that is offered with a message. */
export const fileInvitation = object({
  fileName: string,
  fileSize: integer,
  fileDigest: optional(bytes),
  fileConnReq: optional(string),
  fileInline: optional(string),
  fileDescr: optional(fileDescription),
});

/** `true`, or anything from versions that gave an object; `false` is the same as absent. */
const forward: JsonCodec<boolean> = { decode: (value) => value !== false, encode: (value) => value };

const newMessage = object({
  content: messageContent,
  file: optional(fileInvitation),
  ttl: optional(integer),
  live: optional(boolean),
  mentions,
  scope,
  asGroup: optional(boolean),
  quote: optional(quote),
  parent: optional(messageReference),
  forward: optional(forward),
});
type NewMessage = JsonValue<typeof newMessage>;

/** `forward: false` says nothing, and is not written. */
const newMessageParams: JsonCodec<NewMessage> = {
  decode(value) {
    const { forward: forwarded, ...message } = newMessage.decode(value);
    return forwarded === true ? { ...message, forward: true } : message;
  },
  encode: newMessage.encode,
};

const reaction = object({ type: string, emoji: optional(string) });
const memberIdRole = object({ memberId: bytes, memberRole });
const memberInfo = object({ memberId: bytes, memberRole, v: optional(versionRange), profile });
const memberIntro = object({ groupConnReq: string, directConnReq: optional(string) });
const memberRestrictions = object({ restriction: string });
const callType = object({ media: string, capabilities: object({ encryption: boolean }) });
const rtcSession = object({ rtcSession: string, rtcIceCandidates: string });

/** The parameters of each event that we know. Specification: SimpleX Chat protocol, "Sub-protocols". */
export const eventParams = {
  "x.msg.new": newMessageParams,
  "x.msg.file.descr": object({ msgId: bytes, fileDescr: fileDescription }),
  "x.msg.update": object({
    msgId: bytes,
    content: messageContent,
    mentions,
    ttl: optional(integer),
    live: optional(boolean),
    scope,
    asGroup: optional(boolean),
  }),
  "x.msg.del": object({ msgId: bytes, memberId: optional(bytes), scope, asGroup: optional(boolean) }),
  "x.msg.deleted": empty,
  "x.msg.react": object({ msgId: bytes, memberId: optional(bytes), scope, reaction, add: boolean }),
  "x.file": object({ file: fileInvitation }),
  "x.file.acpt": object({ fileName: string }),
  "x.file.acpt.inv": object({ msgId: bytes, fileConnReq: optional(string), fileName: string }),
  "x.file.cancel": object({ msgId: bytes }),
  "x.info": object({ profile }),
  "x.contact": object({
    profile,
    contactReqId: optional(bytes),
    welcomeMsgId: optional(bytes),
    msgId: optional(bytes),
    content: optional(messageContent),
  }),
  "x.direct.del": empty,
  "x.grp.inv": object({
    groupInvitation: object({
      fromMember: memberIdRole,
      invitedMember: memberIdRole,
      connRequest: string,
      groupProfile,
      business: optional(anyObject),
      groupLinkId: optional(bytes),
      groupSize: optional(integer),
    }),
  }),
  "x.grp.acpt": object({ memberId: bytes }),
  "x.grp.link.inv": object({
    groupLinkInvitation: object({
      fromMember: memberIdRole,
      fromMemberName: string,
      invitedMember: memberIdRole,
      groupProfile,
      accepted: optional(string),
      business: optional(anyObject),
      groupSize: optional(integer),
    }),
  }),
  "x.grp.link.reject": object({
    groupLinkRejection: object({
      fromMember: memberIdRole,
      invitedMember: memberIdRole,
      groupProfile,
      rejectionReason: string,
    }),
  }),
  "x.grp.link.mem": object({ profile }),
  "x.grp.link.acpt": object({ acceptance: string, role: memberRole, memberId: bytes }),
  "x.grp.mem.new": object({ memberInfo, scope }),
  "x.grp.mem.intro": object({ memberInfo, memberRestrictions: optional(memberRestrictions) }),
  "x.grp.mem.inv": object({ memberId: bytes, memberIntro }),
  "x.grp.mem.fwd": object({ memberInfo, memberIntro }),
  "x.grp.mem.info": object({ memberId: bytes, profile }),
  "x.grp.mem.role": object({ memberId: bytes, role: memberRole }),
  "x.grp.mem.restrict": object({ memberId: bytes, memberRestrictions }),
  "x.grp.mem.con": object({ memberId: bytes }),
  "x.grp.mem.con.all": object({ memberId: bytes }),
  "x.grp.mem.del": object({ memberId: bytes, messages: optional(boolean) }),
  "x.grp.leave": empty,
  "x.grp.del": empty,
  "x.grp.info": object({ groupProfile }),
  "x.grp.prefs": object({ groupPreferences }),
  "x.grp.direct.inv": object({ connReq: string, content: optional(messageContent), scope }),
  "x.grp.msg.forward": object({
    memberId: bytes,
    memberName: optional(string),
    msg: anyObject,
    msgTs: time,
  }),
  "x.info.probe": object({ probe: bytes }),
  "x.info.probe.check": object({ probeHash: bytes }),
  "x.info.probe.ok": object({ probe: bytes }),
  "x.call.inv": object({
    callId: bytes,
    invitation: object({ callType, callDhPubKey: optional(string) }),
  }),
  "x.call.offer": object({
    callId: bytes,
    offer: object({ callType, rtcSession, callDhPubKey: optional(string) }),
  }),
  "x.call.answer": object({ callId: bytes, answer: object({ rtcSession }) }),
  "x.call.extra": object({ callId: bytes, extra: object({ rtcExtraInfo: anything }) }),
  "x.call.end": object({ callId: bytes }),
  "x.ok": empty,
} as const;

type EventParams = typeof eventParams;
export type KnownEventName = keyof EventParams;

/** An event that we know, with its parameters. */
export type KnownEvent = {
  readonly [N in KnownEventName]: { readonly event: N; readonly params: JsonValue<EventParams[N]> };
}[KnownEventName];

/** An event of a version later than ours: kept as it came, and shown as unsupported. */
export interface UnknownEvent {
  readonly event: "unknown";
  readonly name: string;
  readonly params: Readonly<Record<string, Json>>;
}

export type ProtocolEvent = KnownEvent | UnknownEvent;

/** Whether this is the name of an event that we know. */
export function isKnownEvent(name: string): name is KnownEventName {
  return Object.hasOwn(eventParams, name);
}

const notifying: readonly string[] = [
  "x.msg.new",
  "x.file",
  "x.contact",
  "x.grp.inv",
  "x.grp.mem.fwd",
  "x.grp.del",
  "x.call.inv",
];

/** Whether a message with this event is sent with the flag that lets the recipient be notified. */
export function hasNotification({ event }: ProtocolEvent): boolean {
  return notifying.includes(event);
}
