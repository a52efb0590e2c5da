import { DecodeError, formatVersionRange, parseVersionRange, type VersionRange } from "../../bytes/index.ts";
import { formatE2eParamsUri, parseE2eParamsUri } from "../../ratchet/e2e-params-text.ts";
import { formatServiceScheme, parseServiceSchemePrefix } from "../../smp/service-scheme.ts";
import type { QueueUri } from "../queues/queue-address.ts";
import { formatQueueUri, parseQueueUri, required } from "../queues/queue-text.ts";
import { agentVersions as ourVersions } from "../versions.ts";
import type { ConnectionRequest } from "./connection-request.ts";
import { formatQuery, parseQuery } from "./query.ts";

/** The full link as text: `simplex:/invitation#/?v=2-7&smp=...&e2e=...`. */
export function formatConnectionRequest(request: ConnectionRequest): string {
  const parameters: [string, string][] = [
    ["v", formatVersionRange(request.agentVersions)],
    ["smp", request.queues.map(formatQueueUri).join(";")],
  ];
  if (request.mode === "invitation") parameters.push(["e2e", formatE2eParamsUri(request.ratchet)]);
  if (request.clientData !== undefined) parameters.push(["data", request.clientData]);
  return `${formatServiceScheme(request.scheme)}/${request.mode}#/?${formatQuery(parameters)}`;
}

const form = /^\/(invitation|contact)\/?#\/\?([^ \n]*)$/;
const queuesMax = 255;

/**
 * Reads a full link. Parameters that we don't know are ignored, and whatever scheme it begins with, the request
 * has `simplex:`. Contact links are read with at least the lowest agent version that we speak, so that old ones
 * that were published stay usable.
 * @throws DecodeError when `text` is not a full link
 */
export function parseConnectionRequest(text: string): ConnectionRequest {
  const { rest } = parseServiceSchemePrefix(text);
  const [, mode, query = ""] = form.exec(rest) ?? [];
  if (mode === undefined) throw new DecodeError("link is neither an invitation nor a contact link");
  const parameters = parseQuery(query);
  const versions = parseVersionRange(required(parameters, "v"));
  const data = {
    scheme: { type: "simplex" } as const,
    queues: parseQueues(required(parameters, "smp")),
    clientData: parameters.get("data"),
  };
  if (mode === "contact") return { mode, ...data, agentVersions: adjust(versions) };
  return {
    mode: "invitation",
    ...data,
    agentVersions: versions,
    ratchet: parseE2eParamsUri(required(parameters, "e2e")),
  };
}

function parseQueues(text: string): readonly QueueUri[] {
  const parts = text.split(";");
  if (parts.length > queuesMax) throw new DecodeError(`link has more than ${queuesMax} queues`);
  return parts.map(parseQueueUri);
}

function adjust({ min, max }: VersionRange): VersionRange {
  const least = Math.max(min, ourVersions.min);
  return { min: least, max: Math.max(least, max) };
}
