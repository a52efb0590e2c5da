import { encodePrivateKey } from "../../crypto/keys.ts";
import type { Credentials } from "../credentials.ts";

const lineLength = 64;

/** DER in the text armour of RFC 7468. */
export function pem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der).toString("base64");
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += lineLength) lines.push(base64.slice(at, at + lineLength));
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** Credentials as Node's TLS takes them. */
export function tlsCredentials({ certificateChain, privateKey }: Credentials): { cert: string; key: string } {
  return {
    cert: certificateChain.map((der) => pem("CERTIFICATE", der)).join(""),
    key: pem("PRIVATE KEY", encodePrivateKey(privateKey)),
  };
}
