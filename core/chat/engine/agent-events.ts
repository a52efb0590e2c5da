import type { AgentEvent, AgentFault } from "../../agent/api.ts";
import type { Transaction } from "../../store/store.ts";
import type { ContactId, ConversationEvent, SendStatus } from "../api.ts";
import { agentIds, connections } from "../store/tables.ts";
import { type Context, contactOf, updateContact } from "./context.ts";
import { addEvent, updateMessage } from "./history.ts";
import {
  contactConnected,
  infoArrived,
  invitationUsed,
  requestArrived,
  requestConfirmed,
} from "./joining.ts";
import { ratchetState } from "./ratchet-state.ts";
import { receiveMessage } from "./receiving.ts";
import { relayHost } from "./relay-host.ts";
import type { RelayStates } from "./relay-states.ts";
import { securityOf } from "./security.ts";
import { getMessageRecord } from "./views.ts";

/**
 * Takes what the agent tells, inside the transaction that makes it true, and has the listeners told when that
 * transaction has ended.
 */
export function handleAgentEvent(
  context: Context,
  relays: RelayStates,
  event: AgentEvent,
  tx: Transaction,
): void {
  if (event.type === "retry") relays.retryAt(event.relay, event.atMs);
  else if ("relay" in event) relays.note(event.relay, event.type);
  else handleConnectionEvent(context, tx, event);
  context.changes.flushSoon();
}

type ConnectionEvent = Exclude<AgentEvent, { relay: string }>;

function handleConnectionEvent(context: Context, tx: Transaction, event: ConnectionEvent): void {
  const role = connections.get(tx, event.connection);
  switch (role?.type) {
    case undefined:
      return;
    case "address":
      if (event.type === "request") requestArrived(context, tx, event);
      return;
    case "invitation":
      if (event.type === "confirmation") invitationUsed(context, tx, role.invitationId, event);
      return;
    case "contact":
      return handleContactEvent(context, tx, role.contactId, event);
  }
}

function handleContactEvent(
  context: Context,
  tx: Transaction,
  contactId: ContactId,
  event: ConnectionEvent,
): void {
  switch (event.type) {
    case "confirmation":
      return requestConfirmed(context, tx, contactId, event);
    case "info":
      return infoArrived(context, tx, contactId, event.info);
    case "connected":
      return contactConnected(context, tx, contactId, event.postQuantum);
    case "message":
      return receiveMessage(context, tx, contactId, event.message);
    case "sent":
      return setStatus(context, tx, contactId, event.id, { state: "sent" });
    case "failed":
      for (const id of event.ids)
        setStatus(context, tx, contactId, id, { state: "failed", reason: describeFault(event.fault) });
      return;
    case "receipt":
      for (const { id } of event.receipts)
        setStatus(context, tx, contactId, id, { state: "delivered", atMs: context.clock.nowMs() });
      return;
    case "switch":
      return noteSwitch(context, tx, contactId, event);
    case "ratchetSync":
      return noteRatchet(context, tx, contactId, event.state);
    case "error":
      return noteError(context, tx, contactId, event.fault);
    default:
      // `joined`, `warning`, `continued`, `ended`: delivery goes on by itself; `deleted`: we asked for it.
      return;
  }
}

/** Statuses only go forward: a late `sent` does not undo `delivered`. */
function setStatus(
  context: Context,
  tx: Transaction,
  contactId: ContactId,
  agentId: number,
  status: SendStatus,
): void {
  const id = agentIds.get(tx, [contactId, agentId]);
  const message = id === undefined ? undefined : getMessageRecord(tx, id);
  if (message === undefined || message.status?.state === "delivered") return;
  const starts =
    status.state === "sent" && message.ttlSeconds !== undefined && message.expiresAtMs === undefined;
  const expiry = starts ? { expiresAtMs: context.clock.nowMs() + (message.ttlSeconds ?? 0) * 1000 } : {};
  updateMessage(context, tx, { ...message, status, ...expiry });
  if (starts) context.checkLifetimes();
}

function noteSwitch(
  context: Context,
  tx: Transaction,
  contactId: ContactId,
  event: Extract<AgentEvent, { type: "switch" }>,
): void {
  if (event.phase !== "started" && event.phase !== "completed") return;
  const status = context.agent.status(event.connection, tx);
  const queues = event.direction === "receive" ? status.receive : status.send;
  const host = relayHost(queues[0]?.relay ?? "");
  const side = event.direction === "receive" ? "mine" : "theirs";
  addEvent(context, tx, contactId, { type: "relayChanged", side, host, phase: event.phase });
}

function noteRatchet(
  context: Context,
  tx: Transaction,
  contactId: ContactId,
  state: Extract<AgentEvent, { type: "ratchetSync" }>["state"],
): void {
  const contact = contactOf(tx, contactId);
  const line = { type: "ratchetSync", state: ratchetState(state) } as const;
  const last = contact.lastId === undefined ? undefined : getMessageRecord(tx, contact.lastId)?.event;
  // Started and agreed are two steps of the agent, and one thing to a person.
  const told = last?.type === "ratchetSync" && last.state === line.state;
  const lines: ConversationEvent[] = told ? [] : [line];
  if (state === "ok" || state === "agreed") {
    const { code } = securityOf(context, tx, contact);
    if (contact.verified !== undefined && contact.verified.code !== code) {
      updateContact(context, tx, contactId, { verified: undefined });
      lines.push({ type: "securityCodeChanged" });
    }
  }
  for (const line of lines) addEvent(context, tx, contactId, line);
  context.changes.contact(contactId);
}

function noteError(context: Context, tx: Transaction, contactId: ContactId, fault: AgentFault): void {
  if (fault.code === "AGENT A_CRYPTO") addEvent(context, tx, contactId, { type: "undecryptable", count: 1 });
}

/** One plain sentence for people. */
export function describeFault({ code, detail }: AgentFault): string {
  const where = detail === "" ? "" : ` (${detail})`;
  switch (code) {
    case "SMP AUTH":
      return "The contact's queue is gone: the contact may have deleted the connection.";
    case "SMP QUOTA":
      return "The contact has not received messages for long, its queue is full.";
    case "SMP BLOCKED":
      return "The relay's operator blocked the contact's queue.";
    case "EXPIRED":
      return "It could not be delivered in 21 days.";
    case "BROKER TIMEOUT":
    case "BROKER NETWORK":
    case "BROKER HOST":
      return `The contact's relay could not be reached${where}.`;
    case "BROKER IDENTITY":
      return `The contact's relay is not who it should be${where}: nothing was sent to it.`;
    case "PROXY":
      return "No relay of yours could pass it on, and sending directly is switched off.";
    case "CMD LARGE":
      return "It is too long for one message.";
    default:
      return `It could not be sent: ${code}${where}.`;
  }
}
