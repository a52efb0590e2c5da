import type { ConnectionStatus, SwitchPhase } from "./api.ts";
import { pendingOf } from "./commands.ts";
import { relayKey } from "./state/codecs.ts";
import type { Connection } from "./state/connection-record.ts";
import type { ReceiveSwitch, SendSwitch } from "./state/queue-records.ts";
import type { Work } from "./state/work.ts";
import type { Subscriptions } from "./subscriptions.ts";

const receivePhases: Readonly<Record<ReceiveSwitch, SwitchPhase | undefined>> = {
  none: undefined,
  started: "started",
  sendingAdd: "started",
  sendingUse: "secured",
  received: "completed",
  redundant: "secured",
  ended: "completed",
};

const sendPhases: Readonly<Record<SendSwitch, SwitchPhase | undefined>> = {
  none: undefined,
  sendingKey: "started",
  sendingTest: "secured",
  redundant: "started",
  ending: "secured",
  ended: "completed",
};

const shown = { new: "new", confirmed: "new", secured: "secured", active: "active" } as const;

/** Where a connection stands, from what is stored and subscribed. */
export function statusOf(work: Work, connection: Connection, subscriptions: Subscriptions): ConnectionStatus {
  const { profile, kind, established, agentVersion, sync, suspended } = connection;
  return {
    profile,
    kind,
    established,
    suspended,
    agentVersion,
    receive: connection.receive.map((queue) => ({
      relay: relayKey(queue.relay),
      state: shown[queue.status],
      switching: receivePhases[queue.switching],
      subscribed: subscriptions.isSubscribed(connection, queue),
    })),
    send: connection.send.map((queue) => ({
      relay: relayKey(queue.relay),
      state: shown[queue.status],
      switching: sendPhases[queue.switching],
    })),
    ratchetSync: sync,
    postQuantumReceived: connection.receivedPostQuantum,
    postQuantumSent: connection.sentPostQuantum,
    pending: pendingOf(work, connection),
  };
}
