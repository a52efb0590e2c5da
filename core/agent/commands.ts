import { DecodeError, encode } from "../bytes/index.ts";
import { ratchetVersions } from "../ratchet/ratchet.ts";
import { parseRelayAddressWithAuth } from "../smp/address.ts";
import type {
  ConfirmationId,
  ConnectionId,
  JoinOptions,
  MessageId,
  ProfileId,
  RelaySetting,
  RequestId,
  RoutingSetting,
} from "./api.ts";
import { supportsPostQuantum } from "./connect/post-quantum.ts";
import { isFullLink } from "./connect/resolve-link.ts";
import { AgentError } from "./errors.ts";
import { infoLengthMax, messageBodyLengthMax } from "./messages/lengths.ts";
import { connectionId } from "./state/codecs.ts";
import { type Connection, newConnection } from "./state/connection-record.ts";
import { dropRequests, takeRequest } from "./state/requests.ts";
import { tables } from "./state/tables.ts";
import type { Work } from "./state/work.ts";
import { agreeOnVersions, requestOf } from "./tasks/join.ts";
import { agentSince } from "./versions.ts";

/** Private routing to relays that are not ours; directly only where that hides us anyway. */
const routingDefault: RoutingSetting = { routing: "unknownRelays", fallback: "allowProtected" };

/** @throws AgentError `CMD SYNTAX` for an address that is not one */
function checkRelays(relays: readonly RelaySetting[]): void {
  for (const { address } of relays) {
    try {
      parseRelayAddressWithAuth(address, "smp");
    } catch (error) {
      if (error instanceof DecodeError) throw new AgentError("CMD SYNTAX", "relay address", { cause: error });
      throw error;
    }
  }
}

export function createProfile(
  work: Work,
  relays: readonly RelaySetting[],
  routing = routingDefault,
): ProfileId {
  checkRelays(relays);
  const [last] = tables.profiles.range(work.transaction, { reverse: true, limit: 1 });
  const id = (last?.key ?? 0) + 1;
  tables.profiles.put(work.transaction, id, { relays, ...routing, deleting: false });
  return id;
}

export function setRelays(work: Work, id: ProfileId, relays: readonly RelaySetting[]): void {
  checkRelays(relays);
  tables.profiles.put(work.transaction, id, { ...work.profile(id), relays });
}

export function setRouting(work: Work, id: ProfileId, routing: RoutingSetting): void {
  tables.profiles.put(work.transaction, id, { ...work.profile(id), ...routing });
}

export function deleteProfile(work: Work, id: ProfileId): void {
  const profile = work.profile(id);
  for (const connection of connectionsOf(work, id)) deleteConnection(work, connection, false);
  dropRequests(work.transaction, id);
  tables.profiles.put(work.transaction, id, { ...profile, deleting: true });
}

/** How many things are still to be done at relays. */
export function unfinished({ transaction }: Work): number {
  const leaving = tables.connections
    .range(transaction)
    .filter(({ value }) => value.deleting === "afterDelivery");
  return tables.tasks.count(transaction) + leaving.length;
}

export function profilesOf({ transaction }: Work): readonly ProfileId[] {
  return tables.profiles
    .range(transaction)
    .filter(({ value }) => !value.deleting)
    .map(({ key }) => key);
}

export function connectionsOf(work: Work, profile: ProfileId): readonly ConnectionId[] {
  return tables.connections
    .range(work.transaction)
    .filter(({ value }) => value.profile === profile && value.deleting === "no")
    .map(({ key }) => key);
}

/** Joins by a full link: the rest is done on the network, see the tasks `join` and `ask`. */
export function join(
  work: Work,
  profile: ProfileId,
  link: string,
  info: Uint8Array,
  { postQuantum = true }: JoinOptions,
): ConnectionId {
  work.profile(profile);
  if (!isFullLink(link)) throw new AgentError("AGENT A_LINK", "link is not a full one: resolve it first");
  const request = requestOf(link);
  const versions = agreeOnVersions(request, work.host.agentVersions);
  const supported =
    postQuantum && supportsPostQuantum(versions.agent, versions.ratchet ?? ratchetVersions.max);
  checkLength(info, infoLengthMax(versions.agent, supported));
  const start = { profile, kind: "joined", agentVersion: versions.agent, postQuantum: supported } as const;
  const connection = work.put(newConnection(work.newId<ConnectionId>(), start));
  work.addTask(connection.id, { type: request.mode === "invitation" ? "join" : "ask", link, info });
  return connection.id;
}

export function accept(work: Work, request: RequestId, info: Uint8Array, options: JoinOptions): ConnectionId {
  const found = takeRequest(work.transaction, request);
  if (found === undefined) throw new AgentError("CONN NOT_FOUND", "request");
  return join(work, found.profile, found.link, info, options);
}

export function allow(work: Work, id: ConnectionId, confirmation: ConfirmationId, info: Uint8Array): void {
  const connection = work.get(id);
  const found = tables.confirmations.get(work.transaction, confirmation);
  if (found?.connection !== id) throw new AgentError("CONN NOT_FOUND", "confirmation");
  checkLength(info, infoLengthMax(connection.agentVersion, connection.postQuantum));
  work.addTask(id, { type: "allow", confirmation, info });
}

export function send(work: Work, id: ConnectionId, body: Uint8Array, notify: boolean): MessageId {
  const connection = work.get(id);
  if (connection.kind === "contact") throw new AgentError("CONN SIMPLEX");
  checkLength(body, messageBodyLengthMax(connection.agentVersion, connection.postQuantum));
  return work.enqueue(connection, { type: "message", body }, { notify, forApplication: true }).id;
}

/** @throws AgentError `CMD LARGE` */
function checkLength({ length }: Uint8Array, lengthMax: number): void {
  if (length > lengthMax) throw new AgentError("CMD LARGE", `${length} bytes, ${lengthMax} fit`);
}

export function receipt(work: Work, id: ConnectionId, messageId: MessageId): void {
  const connection = work.get(id);
  if (connection.agentVersion < agentSince.receipts) return;
  const found = findReceived(work, id, messageId);
  if (messageId === 0 || found === undefined) throw new AgentError("CMD PROHIBITED", "no such message");
  tables.received.put(work.transaction, found.key, { ...found.value, id: 0 });
  work.enqueue(connection, {
    type: "receipts",
    receipts: [{ sharedId: found.key.number, hash: found.value.hash, info: new Uint8Array(0) }],
  });
}

/** Receipts are mostly sent for the last messages received. */
const recentMax = 50;

function findReceived(work: Work, id: ConnectionId, messageId: MessageId) {
  const prefix = encode(connectionId, id);
  for (const limit of [recentMax, undefined]) {
    const range = limit === undefined ? { prefix, reverse: true } : { prefix, reverse: true, limit };
    const found = tables.received.range(work.transaction, range).find(({ value }) => value.id === messageId);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function setPostQuantum(work: Work, id: ConnectionId, on: boolean): void {
  const connection = work.get(id);
  const supported =
    connection.postQuantum || (on && supportsPostQuantum(connection.agentVersion, ratchetVersions.max));
  work.put({ ...connection, wantsPostQuantum: on && supported, postQuantum: supported });
}

export function deleteConnection(work: Work, id: ConnectionId, waitDelivery: boolean): void {
  const connection = work.get(id);
  const waits = waitDelivery && pendingOf(work, connection) > 0;
  work.put({ ...connection, deleting: waits ? "afterDelivery" : "now" });
  if (!waits) work.addTask(id, { type: "deleteConnection" });
}

/** How many messages of a connection no relay has yet. */
export function pendingOf(work: Work, { id }: Pick<Connection, "id">): number {
  return tables.outbox.count(work.transaction, { prefix: encode(connectionId, id) });
}
