import {
  base64urlDecode,
  base64urlEncode,
  DecodeError,
  formatVersionRange,
  parseVersionRange,
} from "../../bytes/index.ts";
import { decodePublicKey, encodePublicKey } from "../../crypto/keys.ts";
import { formatRelayAddress, parseHosts, parseRelayAddress } from "../../smp/address.ts";
import type { Host } from "../../smp/host.ts";
import { type QueueMode, senderCanSecure } from "../../smp/queue-mode.ts";
import { formatQuery, parseQuery } from "../links/query.ts";
import { clientSince } from "../versions.ts";
import { withOnionHost } from "./onion-hosts.ts";
import type { QueueUri } from "./queue-address.ts";

/** `smp://keyHash@hosts/senderId#/?v=1-4&dh=key&q=m`, see "Out-of-band messages" of the SMP protocol. */
export function formatQueueUri(uri: QueueUri): string {
  const { relay, clientVersions, mode } = uri;
  const allHosts = clientVersions.min >= clientSince.hosts;
  const parameters: [string, string][] = [
    ["v", formatVersionRange(clientVersions)],
    ["dh", base64urlEncode(encodePublicKey({ algorithm: "X25519", key: uri.dhKey }))],
  ];
  if (mode !== undefined) parameters.push(["q", mode === "messaging" ? "m" : "c"]);
  if (senderCanSecure(mode) && clientVersions.min < clientSince.queueMode) parameters.push(["k", "s"]);
  const [first, ...others] = relay.hosts;
  if (!allHosts && others.length > 0) parameters.push(["srv", others.map(({ name }) => name).join(",")]);
  const shown = allHosts || first === undefined ? relay : { ...relay, hosts: [first] };
  return `${formatRelayAddress(shown)}/${base64urlEncode(uri.senderId)}#/?${formatQuery(parameters)}`;
}

const form = /^(smp:\/\/[^/]+)\/([A-Za-z0-9_-]+={0,2})\/?#(.*)$/s;
const versioned = /^([A-Za-z0-9_-]*={0,2})\/?\?([^ \n]*)$/;

/** @throws DecodeError when `text` is not the address of a queue; parameters that we don't know are ignored */
export function parseQueueUri(text: string): QueueUri {
  const [, relayText = "", idText = "", fragment = ""] = form.exec(text) ?? [];
  if (relayText === "")
    throw new DecodeError("queue address is not of the form smp://key@host/id#/?parameters");
  const relay = parseRelayAddress(relayText, "smp");
  const senderId = base64urlDecode(idText);
  const [, keyText, query] = versioned.exec(fragment) ?? [];
  if (query === undefined) {
    const unversioned = {
      clientVersions: { min: 1, max: 1 },
      relay,
      senderId,
      dhKey: parseDhKey(fragment),
      mode: undefined,
    };
    return { ...unversioned, relay: withOnionHost(relay) };
  }
  const parameters = parseQuery(query);
  const clientVersions = parseVersionRange(required(parameters, "v"));
  const key = keyText === undefined || keyText === "" ? required(parameters, "dh") : keyText;
  const srv = parameters.get("srv");
  const all = { ...relay, hosts: [...relay.hosts, ...(srv === undefined ? [] : parseHostList(srv))] };
  return {
    clientVersions,
    relay: clientVersions.max < clientSince.hosts ? withOnionHost(all) : all,
    senderId,
    dhKey: parseDhKey(key),
    mode: parseMode(parameters),
  };
}

function parseMode(parameters: ReadonlyMap<string, string>): QueueMode | undefined {
  const mode = parameters.get("q");
  if (mode === "m") return "messaging";
  if (mode === "c") return "contact";
  return parameters.get("k") === "s" ? "messaging" : undefined;
}

function parseDhKey(text: string): Uint8Array {
  return decodePublicKey(base64urlDecode(text), "X25519").key;
}

/** Hosts with commas between them, and nothing else. @throws DecodeError when it is anything else */
export function parseHostList(text: string): readonly Host[] {
  const { hosts, rest } = parseHosts(text);
  if (rest !== "") throw new DecodeError("host list has something after its hosts");
  return hosts;
}

/** @throws DecodeError when the parameter is missing */
export function required(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw new DecodeError(`parameter ${name} is missing`);
  return value;
}
