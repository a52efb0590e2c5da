import { concat, hexDecode } from "../../core/bytes/index.ts";
import type { FuzzTarget } from "../../core/testing/fuzz.ts";
import { readProxyHeader } from "./proxy-protocol.ts";

const header = hexDecode("0d0a0d0a000d0a515549540a2111");
const addresses = hexDecode("c00002010a00000110001467");
const alpn = concat(hexDecode("010005"), new TextEncoder().encode("smp/1"));
const uniqueId = concat(hexDecode("050008"), new TextEncoder().encode("00112233"));
const content = concat(addresses, alpn, uniqueId);

/** What stands in front of a connection that a TLS terminator passes on. */
export const targets: readonly FuzzTarget[] = [
  {
    name: "proxy header",
    run: readProxyHeader,
    seeds: [concat(header, Uint8Array.of(0, content.length), content)],
  },
];
