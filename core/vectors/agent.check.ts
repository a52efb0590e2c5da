import { AgentError } from "../agent/errors.ts";
import { connectionRequest } from "../agent/links/connection-request.ts";
import { formatConnectionRequest, parseConnectionRequest } from "../agent/links/connection-request-text.ts";
import { fixedLinkData, userDataBytes, versionedUserData } from "../agent/links/link-data.ts";
import { contactLinkKeys, invitationLinkKey, linkKeyOf } from "../agent/links/link-keys.ts";
import { ownerCodec, verifyOwners } from "../agent/links/owners.ts";
import { restoreShortLink, shortenShortLink } from "../agent/links/preset-relays.ts";
import {
  fixedPaddedLength,
  openLinkData,
  sealFixedData,
  sealUserData,
  signFixedData,
  signUserData,
  userPaddedLength,
} from "../agent/links/sealed-link-data.ts";
import { formatShortLink, parseShortLink, shortLink } from "../agent/links/short-link.ts";
import { formatSimplexName, parseSimplexName, shortSimplexName } from "../agent/links/simplex-name.ts";
import { agentMessage, aMessage } from "../agent/messages/agent-message.ts";
import { agentEnvelope } from "../agent/messages/envelope.ts";
import { queueInfo, queueUri } from "../agent/queues/queue-address.ts";
import { formatQueueUri, parseQueueUri } from "../agent/queues/queue-text.ts";
import { type Codec, concat, decode, encode, hexEncode } from "../bytes/index.ts";
import { sha256 } from "../crypto/hash.ts";
import { encodePublicKey } from "../crypto/keys.ts";
import { senderIdFromCorrelationId } from "../smp/sender-id.ts";
import { formatServiceScheme } from "../smp/service-scheme.ts";
import { ed25519, ed25519Private, readInfo, readRequest, readUri } from "./agent/addresses.ts";
import { readLink, readOwner, readUserData } from "./agent/links.ts";
import { readAgentMessage, readAMessage, readEnvelope } from "./agent/messages.ts";
import { relayOf, versionRangeOf } from "./values.ts";
import {
  array,
  expectBytes,
  expectDecoded,
  expectFailure,
  expectSame,
  flag,
  hex,
  object,
  optional,
  text,
  type Vector,
  type VectorChecks,
} from "./vectors.ts";

/** Encodes as the vector says, and decodes to the value that it says, or to the same. */
function both<T>(codec: Codec<T>, value: T, encoded: unknown, decoded: T = value): void {
  expectBytes(encode(codec, value), encoded, "encoded");
  expectSame(decode(codec, hex(encoded)), decoded, "decoded");
}

function parses<T>(
  { input, output }: Vector,
  parse: (text: string) => T,
  read: (value: unknown) => T,
  format: (value: T) => string,
): void {
  const string = text(input["string"]);
  expectDecoded(
    output,
    () => parse(string),
    (parsed) => {
      if ("stringDecoded" in output) expectSame(parsed, read(output["stringDecoded"]), "parsed");
      if ("reencoded" in output) expectSame(format(parsed), output["reencoded"], "reencoded");
    },
  );
}

/** An error about link data in the reference's words. */
function referenceError({ code, detail }: AgentError): string {
  const reason =
    code === "AGENT A_LINK"
      ? `A_LINK {linkErr = ${JSON.stringify(detail)}}`
      : "A_CRYPTO {cryptoErr = DECRYPT_CB}";
  return `AGENT {agentErr = ${reason}}`;
}

function linkKeys(mode: unknown, linkKey: Uint8Array) {
  return mode === "I" ? { linkId: undefined, key: invitationLinkKey(linkKey) } : contactLinkKeys(linkKey);
}

export const checks: VectorChecks = {
  smpQueueInfo: ({ input, output }) =>
    both(queueInfo, readInfo(input["value"]), output["encoded"], readInfo(output["decoded"])),
  smpQueueUri({ input, output }) {
    const value = readUri(input["value"]);
    both(queueUri, value, output["encoded"], readUri(output["decoded"]));
    expectSame(formatQueueUri(value), output["string"], "string");
    expectSame(parseQueueUri(text(output["string"])), readUri(output["stringDecoded"]), "parsed");
  },
  smpQueueUriDecode: (vector) => parses(vector, parseQueueUri, readUri, formatQueueUri),
  connectionRequestUri({ input, output }) {
    const value = readRequest(input["value"]);
    both(connectionRequest, value, output["encoded"], readRequest(output["decoded"]));
    expectSame(formatConnectionRequest(value), output["string"], "string");
    expectSame(
      parseConnectionRequest(text(output["string"])),
      readRequest(output["stringDecoded"]),
      "parsed",
    );
    expectSame(formatServiceScheme(value.scheme), object(input["value"])["scheme"], "scheme");
  },
  connectionRequestUriDecode: (vector) =>
    parses(vector, parseConnectionRequest, readRequest, formatConnectionRequest),
  connShortLink({ input, output }) {
    const value = readLink(input["value"]);
    both(shortLink, value, output["encoded"], readLink(output["decoded"]));
    expectSame(formatShortLink(value), output["string"], "string");
    expectSame(parseShortLink(text(output["string"])), value, "parsed");
  },
  connShortLinkDecode: (vector) => parses(vector, parseShortLink, readLink, formatShortLink),
  shortenShortLink({ input, output }) {
    const presets = array(input["presetServers"]).map(relayOf);
    const shortened = shortenShortLink(readLink(input["value"]), presets);
    expectSame(shortened, readLink(output["shortened"]), "shortened");
    expectSame(formatShortLink(shortened), output["string"], "string");
    expectSame(restoreShortLink(shortened, presets), readLink(output["restored"]), "restored");
  },
  contactShortLinkKdf({ input, output }) {
    const { linkId, key } = contactLinkKeys(hex(input["linkKey"]));
    expectBytes(linkId, output["linkId"], "link id");
    expectBytes(key, output["sbKey"], "key");
  },
  invShortLinkKdf: ({ input, output }) =>
    expectBytes(invitationLinkKey(hex(input["linkKey"])), output["sbKey"], "key"),
  senderIdFromCorrId: ({ input, output }) =>
    expectBytes(senderIdFromCorrelationId(hex(input["corrId"])), output["senderId"], "sender id"),
  userLinkData: ({ input, output }) => both(userDataBytes, hex(input["data"]), output["encoded"]),
  ownerAuth({ input, output }) {
    const owner = readOwner(input["owner"]);
    both(ownerCodec, owner, output["encoded"]);
    verifyOwners(ed25519(input["signedByPublicKeyDer"]), [owner]);
    expectFailure(() => verifyOwners(owner.key, [owner]), "owner whose key is the root key");
    const ownerDer = encodePublicKey({ algorithm: "Ed25519", key: owner.key });
    expectBytes(concat(owner.id, ownerDer), input["signedBytes"], "signed bytes");
    expectFailure(
      () => verifyOwners(ed25519(input["signedByPublicKeyDer"]), [{ ...owner, id: Uint8Array.of(1) }]),
      "another id",
    );
  },
  fixedLinkData({ input, output }) {
    const value = {
      agentVersions: versionRangeOf(input["agentVRange"]),
      rootKey: ed25519(input["rootKeyDer"]),
      request: readRequest(input["connReq"]),
      entityId: optional(input["linkEntityId"], hex),
    };
    both(fixedLinkData, value, output["encoded"]);
    expectBytes(linkKeyOf(hex(output["encoded"])), output["linkKey"], "link key");
  },
  connLinkData({ input, output }) {
    const data = readUserData(input["mode"], input["mode"] === "I" ? input : input["userContactData"]);
    both(versionedUserData, { agentVersions: versionRangeOf(input["agentVRange"]), data }, output["encoded"]);
  },
  linkData({ input, output }) {
    const agentVersions = versionRangeOf(input["agentVRange"]);
    const fixed = {
      agentVersions,
      rootKey: ed25519(input["rootKeyDer"]),
      request: readRequest(input["connReq"]),
      entityId: undefined,
    };
    const user = { agentVersions, data: readUserData(input["mode"], input["userLinkData"]) };
    const signedFixed = signFixedData(ed25519Private(input["rootPrivateKeyDer"]), fixed);
    const signedUser = signUserData(ed25519Private(input["userDataSignedWithDer"]), user);
    expectBytes(signedFixed.linkKey, output["linkKey"], "link key");
    expectBytes(signedFixed.signed, output["signedFixedData"], "signed fixed data");
    expectBytes(signedUser, output["signedUserData"], "signed user data");
    const { linkId, key } = linkKeys(input["mode"], signedFixed.linkKey);
    expectSame(linkId === undefined ? null : hexEncode(linkId), output["linkId"], "link id");
    expectBytes(key, output["sbKey"], "key");
    const fixedData = sealFixedData(key, hex(input["fixedDataNonce"]), signedFixed.signed);
    const userData = sealUserData(key, hex(input["userDataNonce"]), signedUser);
    expectBytes(fixedData, output["encFixedData"], "encrypted fixed data");
    expectBytes(userData, output["encUserData"], "encrypted user data");
    expectSame(fixedPaddedLength, input["fixedDataPaddedLength"], "padded length of fixed data");
    expectSame(userPaddedLength, input["userDataPaddedLength"], "padded length of user data");
    expectSame(openLinkData(signedFixed.linkKey, key, { fixedData, userData }), { fixed, user }, "opened");
  },
  decryptLinkData({ input, output }) {
    const data = { fixedData: hex(input["encFixedData"]), userData: hex(input["encUserData"]) };
    const [linkKey, key] = [hex(input["linkKey"]), hex(input["sbKey"])];
    const error = expectFailure(() => openLinkData(linkKey, key, data));
    expectSame(error instanceof AgentError && referenceError(error), output["error"], "error");
  },
  agentMsgEnvelope({ input, output }) {
    const value = readEnvelope(input);
    both(agentEnvelope, value, output["encoded"]);
    if (value.type === "invitation")
      expectSame(formatConnectionRequest(value.request), input["connReqString"], "link");
  },
  agentMessage({ input, output }) {
    both(agentMessage, readAgentMessage(input), output["encoded"]);
    expectBytes(sha256(hex(output["encoded"])), output["msgHash"], "hash");
  },
  aMessage({ input, output }) {
    const value = readAMessage(input["message"]);
    const decoded = "decoded" in output ? readAMessage(output["decoded"]) : value;
    both(aMessage, value, output["encoded"], decoded);
  },
  simplexName({ input, output }) {
    const string = text(input["string"]);
    if (!flag(output["decodes"])) return expectFailure(() => parseSimplexName(string));
    const name = parseSimplexName(string);
    expectSame(formatSimplexName(name), output["reencoded"], "name");
    expectSame(shortSimplexName(name), output["short"], "short name");
    expectSame(parseSimplexName(formatSimplexName(name)), name, "parsed again");
    expectSame(
      {
        domain: name.domain,
        subDomain: name.subDomain,
        type: name.type === "contact" ? "NTContact" : "NTPublicGroup",
        registry: `TLD${name.registry[0]?.toUpperCase()}${name.registry.slice(1)}`,
      },
      {
        domain: output["domain"],
        subDomain: output["subDomain"],
        type: output["nameType"],
        registry: output["tld"],
      },
      "parts",
    );
  },
};
