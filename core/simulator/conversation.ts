import type { ConnectionId, MessageId } from "../agent/api.ts";
import { plaintextMark } from "./secrets.ts";
import type { SimAgent } from "./sim-agent.ts";

export type SendStatus = "pending" | "sent" | "delivered" | "failed";

/** A message that a person has sent: it was committed to the store. */
export interface SentText {
  readonly text: string;
  readonly id: MessageId;
  status: SendStatus;
  /** The peer has committed a receipt for it. */
  receipted: boolean;
}

/** One person's side of a conversation, as it is committed in the store of its agent. */
export interface Side {
  readonly agent: SimAgent;
  readonly name: string;
  connection: ConnectionId | undefined;
  connected: number;
  readonly sent: SentText[];
  /** How many messages of the peer were shown. */
  shown: number;
  /** This side deletes the connection: at once, or when all is delivered. */
  removal: "now" | "after delivery" | undefined;
  /** Told that the connection is gone. */
  removed: number;
  suspended: boolean;
  /** A command for it failed for good, which is right only when the other side is gone. */
  failed: string | undefined;
  /** The safety number was changed by both sides agreeing on new keys. */
  resyncs: number;
}

/** Two people who connect, or try to. */
export interface Conversation {
  readonly name: string;
  readonly creator: Side;
  readonly joiner: Side;
  /** The creator does not want it. */
  rejected: boolean;
}

/** A conversation that begins: the creator's connection comes later when it is one of an address. */
export function newConversation(
  number: number,
  creator: SimAgent,
  joiner: SimAgent,
  connection: ConnectionId | undefined,
): Conversation {
  const name = `${creator.name}-${joiner.name}-${number}`;
  const side = (agent: SimAgent, role: string, id: ConnectionId | undefined): Side => ({
    agent,
    name: `${name}/${role}`,
    connection: id,
    connected: 0,
    sent: [],
    shown: 0,
    removal: undefined,
    removed: 0,
    suspended: false,
    failed: undefined,
    resyncs: 0,
  });
  return {
    name,
    creator: side(creator, "creator", connection),
    joiner: side(joiner, "joiner", undefined),
    rejected: false,
  };
}

/** The other side. */
export function peerOf({ creator, joiner }: Conversation, side: Side): Side {
  return side === creator ? joiner : creator;
}

/** Whether nobody has ended the conversation. */
export function isWanted({ creator, joiner, rejected }: Conversation): boolean {
  return (
    !rejected && [creator, joiner].every(({ removal, suspended }) => removal === undefined && !suspended)
  );
}

/** What the person of a side says about herself. */
export function infoOf(side: Side): string {
  return `${plaintextMark} ${side.name}`;
}

/** The text of a side's next message. */
export function nextText(side: Side): string {
  return `${plaintextMark} ${side.name} ${side.sent.length}`;
}

/** The conversation that information is about. */
export function conversationOfInfo(
  conversations: readonly Conversation[],
  info: string,
): Conversation | undefined {
  return conversations.find((one) => info === infoOf(one.creator) || info === infoOf(one.joiner));
}
