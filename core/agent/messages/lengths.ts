import { agentSince } from "../versions.ts";

/** What post-quantum keys in the ratchet header take from the room of a message, in bytes. */
const confirmationPlain = 14_832;
const confirmationPostQuantum = 11_106;
const messagePlain = 15_840;
const messagePostQuantum = 13_618;

/** Length to which the ratchet pads the information in a confirmation, in bytes. */
export function confirmationPaddedLength(agentVersion: number, postQuantum: boolean): number {
  return postQuantum && agentVersion >= agentSince.postQuantum ? confirmationPostQuantum : confirmationPlain;
}

/** Length to which the ratchet pads an agent message, in bytes. */
export function messagePaddedLength(agentVersion: number, postQuantum: boolean): number {
  return postQuantum && agentVersion >= agentSince.postQuantum ? messagePostQuantum : messagePlain;
}
