import { decode, latin1Decode, utf8Encode } from "../bytes/index.ts";
import type { FuzzTarget } from "../testing/fuzz.ts";
import { parseRelayAddressWithAuth, relayAddress } from "./address.ts";
import { parseHost } from "./host.ts";
import { parseServiceSchemePrefix } from "./service-scheme.ts";

const text = (parse: (input: string) => unknown) => (input: Uint8Array) => parse(latin1Decode(input));

export const targets: readonly FuzzTarget[] = [
  {
    name: "smp/address",
    run: text((input) => parseRelayAddressWithAuth(input, "smp")),
    seeds: ["smp://AAEC:pass@a.com,[::1],abc.onion:5223", "smp://AAEC@1.2.3.4"].map(utf8Encode),
  },
  {
    name: "smp/host",
    run: text(parseHost),
    seeds: ["2001:db8::1", "[fe80::1:2]", "10.0.0.255", "abc.onion", "smp.example.com"].map(utf8Encode),
  },
  {
    name: "smp/service-scheme",
    run: text(parseServiceSchemePrefix),
    seeds: ["simplex:/contact", "https://example.com:8443/a"].map(utf8Encode),
  },
  {
    name: "smp/address-binary",
    run: (input) => decode(relayAddress("smp"), input),
    seeds: [Uint8Array.of(1, 5, 0x61, 0x2e, 0x63, 0x6f, 0x6d, 2, 0x34, 0x34, 2, 1, 2)],
  },
];
