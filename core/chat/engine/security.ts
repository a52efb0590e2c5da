import type { Transaction } from "../../store/store.ts";
import type { ConnectionSecurity } from "../api.ts";
import type { ContactRecord } from "../store/records.ts";
import { formatSecurityCode } from "../text/security-code.ts";
import type { Context } from "./context.ts";
import { ratchetState } from "./ratchet-state.ts";
import { relayHost } from "./relay-host.ts";

/** The state of the encryption and the queues of a contact's connection. */
export function securityOf({ agent }: Context, tx: Transaction, contact: ContactRecord): ConnectionSecurity {
  const status = agent.status(contact.connection, tx);
  const { postQuantumSent: send, postQuantumReceived: receive } = status;
  const code = status.established
    ? formatSecurityCode(agent.securityCode(contact.connection, tx))
    : undefined;
  return {
    quantum: { send, receive, state: send && receive ? "on" : send || receive ? "pending" : "off" },
    verified: contact.verified !== undefined,
    ...(contact.verified === undefined ? {} : { verifiedAtMs: contact.verified.atMs }),
    ...(code === undefined ? {} : { code, codeQr: code.replaceAll(" ", "") }),
    ratchet: ratchetState(status.ratchetSync),
    receiveRelays: status.receive.map(({ relay }) => relayHost(relay)),
    sendRelays: status.send.map(({ relay }) => relayHost(relay)),
    rotating: status.receive.some(({ switching }) => switching !== undefined && switching !== "completed"),
    chatVersion: contact.chatVersion,
    agentVersion: status.agentVersion,
  };
}
