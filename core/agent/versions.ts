import type { VersionRange } from "../bytes/index.ts";

/** The versions of the agent protocol that we speak. */
export const agentVersions: VersionRange = { min: 2, max: 8 };

/** The first agent version that has a feature. */
export const agentSince = {
  /** Confirmation with the reply queue in it. */
  duplexHandshake: 2,
  /** AgentRatchetKey and EREADY. */
  ratchetSync: 3,
  /** A_RCVD. */
  receipts: 4,
  /** Post-quantum keys in the ratchet; shorter messages once it is supported. */
  postQuantum: 5,
  /** Reply queues are secured by the sender. */
  senderSecuresReply: 6,
  /** The ratchet starts when the confirmation is processed, before it is allowed. */
  ratchetOnConfirmation: 7,
  /** A queue is replaced while both are delivered to; QEND. */
  fastRotation: 8,
} as const;

/** The versions of the SMP client protocol (queue addresses and message headers) that we speak. */
export const clientVersions: VersionRange = { min: 1, max: 4 };

/** The first client version that has a feature. */
export const clientSince = {
  /** All hosts of a relay in its address. */
  hosts: 2,
  /** The sender can secure the queue. */
  senderKey: 3,
  /** The mode of the queue in its address. */
  queueMode: 4,
} as const;
