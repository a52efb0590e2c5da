import type { RelayAddress } from "../../smp/address.ts";
import type { ConnectionId } from "../api.ts";
import { AgentError } from "../errors.ts";
import { relaysFor } from "../network/choose-relay.ts";
import { relayKey } from "../state/codecs.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { agentSince } from "../versions.ts";
import { startReceiveSwitch } from "./receive-side.ts";

/**
 * Begins to move reception away from a relay that keeps failing. Only a peer of version 8 or later can follow
 * while the relay is gone; an older one would have to answer through that very relay.
 */
export function leaveRelay(work: Work, id: ConnectionId, failing: RelayAddress): void {
  const connection = work.find(id);
  if (
    connection === undefined ||
    connection.deleting !== "no" ||
    connection.agentVersion < agentSince.fastRotation
  )
    return;
  const name = relayKey(failing);
  const isReceivedThere = connection.receive.some(
    ({ primary, relay }) => primary && relayKey(relay) === name,
  );
  const profile = tables.profiles.get(work.transaction, connection.profile);
  const others = relaysFor("receive", profile?.relays ?? []).filter(({ relay }) => relayKey(relay) !== name);
  if (!isReceivedThere || others.length === 0) return;
  try {
    startReceiveSwitch(work, connection, undefined);
  } catch (error) {
    // It is being moved already, or suspended, or its ratchet has to be put right first.
    if (!(error instanceof AgentError)) throw error;
  }
}
