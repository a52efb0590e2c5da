import type { Command } from "../../core/smp/command.ts";
import type { ServiceRole } from "../../core/smp/handshake.ts";

/** A client that showed a service certificate in the handshake ("Service certificates"). */
export interface ClientService {
  readonly serviceId: Uint8Array;
  readonly role: ServiceRole;
  /** SHA-256 of its certificate, 32 bytes. */
  readonly certHash: Uint8Array;
  /** Raw Ed25519 key of this session, 32 bytes. */
  readonly key: Uint8Array;
}

/** Whether a service of this role may give the command. */
export function isService(role: ServiceRole, type: Command["type"]): boolean {
  switch (type) {
    case "PING":
      return true;
    case "NSUB":
    case "NSUBS":
      return role === "notifier";
    case "RFWD":
      return role === "proxy";
    default:
      return role === "messaging";
  }
}
