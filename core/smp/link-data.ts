import { type Codec, largeBytes, struct } from "../bytes/index.ts";

/** What a short link points to, encrypted by the owner of the queue; see "Short links" of the agent protocol. */
export interface LinkData {
  /** Can't be changed once it is set. */
  readonly fixedData: Uint8Array;
  /** Can be changed with LSET. */
  readonly userData: Uint8Array;
}

export const linkData: Codec<LinkData> = struct<LinkData>({ fixedData: largeBytes, userData: largeBytes });
