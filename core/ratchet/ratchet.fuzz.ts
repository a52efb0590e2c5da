import { decode, encode, utf8Decode } from "../bytes/index.ts";
import type { FuzzTarget } from "../testing/fuzz.ts";
import { encryptedHeader, encryptedMessage } from "./encrypted-message.ts";
import { kemParams } from "./kem-params.ts";
import { messageHeader } from "./message-header.ts";
import {
  e2eParams,
  e2eParamsUri,
  formatE2eParamsUri,
  invitationKeys,
  parseE2eParamsUri,
  ratchetStateStorage,
} from "./ratchet.ts";
import { seededRandom, twoParties } from "./testing/parties.ts";

const { alice, bob } = twoParties();
const message = alice.send("fuzz").slice();
const { header } = decode(encryptedMessage(3), message);
const { params } = invitationKeys(seededRandom(1), false);
const withKem = invitationKeys(seededRandom(1), true).params;
const plainHeader = encode(messageHeader(3), {
  maxVersion: 3,
  dhPublicKey: params.key1,
  kem: undefined,
  previousCount: 0,
  number: 0,
}).slice();

export const targets: readonly FuzzTarget[] = [
  {
    name: "ratchet-e2e-params",
    run: (input) => decode(e2eParams, input),
    seeds: [encode(e2eParams, { ...params, version: 3 })],
  },
  {
    name: "ratchet-e2e-params-uri",
    run: (input) => decode(e2eParamsUri, input),
    seeds: [encode(e2eParamsUri, params), encode(e2eParamsUri, withKem)],
  },
  {
    name: "ratchet-e2e-params-text",
    run: (input) => parseE2eParamsUri(utf8Decode(input)),
    seeds: [
      new TextEncoder().encode(formatE2eParamsUri(params)),
      new TextEncoder().encode(formatE2eParamsUri(withKem)),
    ],
  },
  { name: "ratchet-kem-params", run: (input) => decode(kemParams, input) },
  { name: "ratchet-message-header", run: (input) => decode(messageHeader(3), input), seeds: [plainHeader] },
  { name: "ratchet-encrypted-header", run: (input) => decode(encryptedHeader, input), seeds: [header] },
  { name: "ratchet-state", run: (input) => decode(ratchetStateStorage, input), seeds: [bob.stored] },
  {
    name: "ratchet-decrypt",
    run: (input) => bob.receive(input),
    seeds: [message],
    allowed: ["RatchetError"],
  },
];
