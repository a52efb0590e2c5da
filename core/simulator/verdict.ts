import type { ConnectionId } from "../agent/api.ts";
import { tables } from "../agent/state/tables.ts";
import { equalBytes } from "../bytes/index.ts";
import { sameRelay } from "../smp/address.ts";
import type { AgentInstance } from "./agent-instance.ts";
import { type Conversation, isWanted, peerOf, type Side } from "./conversation.ts";
import type { People } from "./people.ts";
import type { World } from "./world.ts";

/** What is not as it has to be once the network has healed and had its time; empty when all is well. */
export function unfinished(world: World, people: People): readonly string[] {
  const found: string[] = [];
  if (people.busy) found.push("somebody still tries to connect");
  for (const agent of world.agents) {
    if (agent.application.busy) found.push(`${agent.name} still has to answer`);
    if (agent.instance === undefined) found.push(`${agent.name} does not run`);
  }
  for (const conversation of world.conversations) {
    for (const side of [conversation.creator, conversation.joiner]) {
      const what = isWanted(conversation)
        ? unfinishedSide(conversation, side)
        : unfinishedEnd(world, conversation, side);
      found.push(...what.map((words) => `${side.name} ${words}`));
    }
  }
  return found;
}

function unfinishedSide(conversation: Conversation, side: Side): readonly string[] {
  const { instance } = side.agent;
  if (side.connection === undefined) return ["has no connection"];
  if (instance === undefined) return [];
  const peer = peerOf(conversation, side);
  const status = instance.agent.status(side.connection);
  const found: string[] = [];
  if (side.connected !== 1) found.push("is not connected");
  if (side.shown !== peer.sent.length) found.push(`shows ${side.shown} of ${peer.sent.length} messages`);
  const unsent = side.sent.filter((sent) => sent.status === "pending").length;
  if (unsent > 0) found.push(`has ${unsent} messages that are not sent`);
  const unconfirmed = side.sent.filter((sent) => sent.receipted && sent.status !== "delivered").length;
  if (unconfirmed > 0) found.push(`misses ${unconfirmed} receipts`);
  if (status.pending > 0) found.push(`has ${status.pending} things to send`);
  if (status.ratchetSync !== "ok") found.push(`has a ratchet that is ${status.ratchetSync}`);
  if (status.receive.some(({ subscribed }) => !subscribed)) found.push("is not subscribed");
  if ([...status.receive, ...status.send].some(({ switching }) => switching !== undefined))
    found.push("is in the middle of a switch");
  if (status.receive.length !== 1 || status.send.length !== 1)
    found.push(`has ${status.receive.length} queues to receive and ${status.send.length} to send`);
  if (peer.connection !== undefined && side.connected === 1 && peer.connected === 1) {
    const [own, other] = [side, peer].map(({ agent, connection }) =>
      connection === undefined ? undefined : agent.instance?.agent.securityCode(connection),
    );
    if (own !== undefined && other !== undefined && !equalBytes(own, other))
      found.push("has another security code");
  }
  return found;
}

/** What has to be true of a conversation that somebody has ended. */
function unfinishedEnd(world: World, conversation: Conversation, side: Side): readonly string[] {
  const { instance } = side.agent;
  if (instance === undefined || side.connection === undefined) return [];
  const peer = peerOf(conversation, side);
  const found: string[] = [];
  if (side.suspended && side.removal === undefined && takesMessages(world, instance, side.connection))
    found.push("takes messages although it is suspended");
  if (side.removal === "now" && side.removed !== 1) found.push("is not deleted");
  if (side.removed > 0) {
    const { agent } = instance;
    const isListed = agent
      .profiles()
      .some((id) => side.connection !== undefined && agent.connections(id).includes(side.connection));
    if (isListed) found.push("is deleted, and still there");
  } else if (side.connected === 1 && side.removal === undefined && !side.suspended) {
    // A peer that left in the middle of it leaves a ratchet behind that can't be made anew.
    if (instance.agent.status(side.connection).ratchetSync !== "ok") return found;
    const unsent = side.sent.filter((sent) => sent.status === "pending").length;
    if (unsent > 0) found.push(`has ${unsent} messages that neither are sent nor fail`);
  }
  if (
    peer.removal === "after delivery" &&
    side.removal === undefined &&
    !side.suspended &&
    side.connected === 1 &&
    side.shown !== peer.sent.length
  )
    found.push(`shows ${side.shown} of ${peer.sent.length} messages sent before the end`);
  return found;
}

/** Whether a relay has a queue that takes messages for a connection. */
function takesMessages(world: World, { store }: AgentInstance, id: ConnectionId): boolean {
  const record = store.transaction((transaction) => tables.connections.get(transaction, id));
  return (record?.receive ?? []).some(({ relay, recipientId }) => {
    const home = world.relays.find(({ address }) => sameRelay(address, relay));
    return home?.store.findQueue("recipient", recipientId)?.status.type === "active";
  });
}

/** Sides that can send and receive. */
export function livingSides(world: World): readonly Side[] {
  return world.conversations
    .filter((conversation) => isWanted(conversation))
    .flatMap(({ creator, joiner }) => [creator, joiner])
    .filter(({ connection }) => connection !== undefined);
}
