import { decodePublicKey } from "../../crypto/keys.ts";
import type { LinkData } from "../../smp/link-data.ts";
import { hex, object } from "../vectors.ts";

export function readDhKey(der: unknown): Uint8Array {
  return decodePublicKey(hex(der), "X25519").key;
}

export function readLinkData(value: unknown): LinkData {
  const data = object(value);
  return { fixedData: hex(data["encFixedData"]), userData: hex(data["encUserData"]) };
}
