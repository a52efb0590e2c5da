import { agentSince } from "../versions.ts";

/** What the ratchet pads information in a confirmation to: room for the keys around it, and for its header. */
const confirmationPlain = 14_832;
const confirmationPostQuantum = 11_106;
/** What it pads an agent message to; its header is 2,222 bytes longer with post-quantum keys. */
const messagePlain = 15_840;
const messagePostQuantum = 13_618;

/** Length of the length in front of padded content, in bytes. */
export const padPrefix = 2;
/** Length of the tag before the body of an application's message, in bytes. */
export const bodyTagLength = 1;
/** Bytes around the body of an application's message: two tags, a number, and the hash with its length. */
const messageOverhead = 1 + 8 + 1 + 32 + bodyTagLength;

/** Length to which the ratchet pads the information in a confirmation, in bytes. */
export function confirmationPaddedLength(agentVersion: number, postQuantum: boolean): number {
  return postQuantum && agentVersion >= agentSince.postQuantum ? confirmationPostQuantum : confirmationPlain;
}

/** Length to which the ratchet pads an agent message, in bytes. */
export function messagePaddedLength(agentVersion: number, postQuantum: boolean): number {
  return postQuantum && agentVersion >= agentSince.postQuantum ? messagePostQuantum : messagePlain;
}

/** The longest body of an application's message, in bytes. */
export function messageBodyLengthMax(agentVersion: number, postQuantum: boolean): number {
  return messagePaddedLength(agentVersion, postQuantum) - padPrefix - messageOverhead;
}

/** The longest information that fits into a confirmation next to the address of a reply queue, in bytes. */
export function infoLengthMax(agentVersion: number, postQuantum: boolean): number {
  return confirmationPaddedLength(agentVersion, postQuantum) - padPrefix - replyQueueRoom;
}

/** Room for a reply queue with the longest sensible names of its relay, in bytes. */
const replyQueueRoom = 512;
