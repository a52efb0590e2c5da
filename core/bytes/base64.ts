import { base64urlEncode } from "./base64url.ts";

/** Base64 with the standard alphabet and padding (RFC 4648, section 4). */
export function base64Encode(bytes: Uint8Array): string {
  return base64urlEncode(bytes).replaceAll("-", "+").replaceAll("_", "/");
}
