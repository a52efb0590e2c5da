import { decode, encode, latin1Decode, utf8Encode } from "../bytes/index.ts";
import type { FuzzTarget } from "../testing/fuzz.ts";
import { connectionRequest } from "./links/connection-request.ts";
import { formatConnectionRequest, parseConnectionRequest } from "./links/connection-request-text.ts";
import { fixedLinkData, versionedUserData } from "./links/link-data.ts";
import { formatShortLink, parseShortLink, shortLink } from "./links/short-link.ts";
import { parseSimplexName } from "./links/simplex-name.ts";
import { agentMessage, aMessage } from "./messages/agent-message.ts";
import { agentEnvelope } from "./messages/envelope.ts";
import { queueInfo, queueUri } from "./queues/queue-address.ts";
import { formatQueueUri, parseQueueUri } from "./queues/queue-text.ts";

const queueText =
  "smp://AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=@smp.example.com/9OIUNHTA11hQVD5pJIP6MesS-IJidcU6#/?v=1-4&dh=MCowBQYDK2VuAyEAG6yxbMgK8EEtY3QHO6-vV9ungFsysLg_BzpEBwBVO0I%3D&q=c";
const linkText = `simplex:/contact#/?v=2-8&smp=${encodeURIComponent(queueText)}`;
const shortText = "https://smp.example.com/a#awAPs1UrZeGxovgUChmdkR4cBOA6DMExRazY1XwdCeU?h=b.onion&p=5223";
const uri = parseQueueUri(queueText);
const request = parseConnectionRequest(linkText);
const { relay, senderId } = uri;
const own = (bytes: Uint8Array) => bytes.slice();

/** What is read can be written again. */
function roundTrip<T>(
  parse: (text: string) => T,
  format: (value: T) => string,
): (input: Uint8Array) => unknown {
  return (input) => parse(format(parse(latin1Decode(input))));
}

export const targets: readonly FuzzTarget[] = [
  {
    name: "agent: queue address",
    run: (input) => decode(queueUri, input),
    seeds: [own(encode(queueUri, uri))],
  },
  {
    name: "agent: queue info",
    run: (input) => decode(queueInfo, input),
    seeds: [own(encode(queueInfo, { ...uri, clientVersion: 4 }))],
  },
  {
    name: "agent: queue address text",
    run: roundTrip(parseQueueUri, formatQueueUri),
    seeds: [utf8Encode(queueText)],
  },
  {
    name: "agent: connection request",
    run: (input) => decode(connectionRequest, input),
    seeds: [own(encode(connectionRequest, request))],
  },
  {
    name: "agent: link text",
    run: roundTrip(parseConnectionRequest, formatConnectionRequest),
    seeds: [utf8Encode(linkText)],
  },
  {
    name: "agent: short link text",
    run: roundTrip(parseShortLink, formatShortLink),
    seeds: [utf8Encode(shortText)],
  },
  {
    name: "agent: short link",
    run: (input) => decode(shortLink, input),
    seeds: [own(encode(shortLink, parseShortLink(shortText)))],
  },
  {
    name: "agent: name",
    run: (input) => parseSimplexName(latin1Decode(input)),
    seeds: [utf8Encode("simplex:/name@a.alice.simplex")],
  },
  { name: "agent: fixed link data", run: (input) => decode(fixedLinkData, input) },
  { name: "agent: user link data", run: (input) => decode(versionedUserData, input) },
  {
    name: "agent: envelope",
    run: (input) => decode(agentEnvelope, input),
    seeds: [utf8Encode("\0\u0007Mencrypted")],
  },
  {
    name: "agent: message",
    run: (input) => decode(agentMessage, input),
    seeds: [
      own(
        encode(agentMessage, {
          type: "message",
          sharedId: 1,
          previousHash: new Uint8Array(32),
          message: { type: "queueContinue", queue: { relay, senderId } },
        }),
      ),
    ],
  },
  {
    name: "agent: message content",
    run: (input) => decode(aMessage, input),
    seeds: [own(encode(aMessage, { type: "queueAdd", queues: [[uri, { relay, senderId }]] }))],
  },
];
