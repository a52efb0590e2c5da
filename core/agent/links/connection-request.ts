import {
  type Codec,
  choice,
  largeText,
  mapped,
  maybe,
  nonEmptyList,
  struct,
  type VersionRange,
  versionRange,
} from "../../bytes/index.ts";
import { type E2eParamsUri, e2eParamsUri } from "../../ratchet/e2e-params.ts";
import type { ServiceScheme } from "../../smp/service-scheme.ts";
import { type QueueUri, queueUri } from "../queues/queue-address.ts";

/** A one-time invitation, or a contact address that many may use. */
export type LinkMode = "invitation" | "contact";

interface RequestData {
  /** How the link begins; a parsed one always begins with `simplex:` again. */
  readonly scheme: ServiceScheme;
  readonly agentVersions: VersionRange;
  /** At least one. */
  readonly queues: readonly QueueUri[];
  /** The application's own text. */
  readonly clientData: string | undefined;
}

/** A full link, "Connection link: 1-time invitation and contact address". */
export type ConnectionRequest =
  | ({ readonly mode: "invitation"; readonly ratchet: E2eParamsUri } & RequestData)
  | ({ readonly mode: "contact" } & RequestData);

export type InvitationRequest = Extract<ConnectionRequest, { readonly mode: "invitation" }>;

const linkMode: Codec<LinkMode> = choice<LinkMode>({ invitation: "I", contact: "C" });

/** The mode of a contact queue is not told to the oldest versions, so that none means contact. */
const queues: Codec<readonly QueueUri[]> = mapped(
  nonEmptyList(queueUri),
  (values) => values.map((uri) => (uri.mode === undefined ? { ...uri, mode: "contact" as const } : uri)),
  (values) => values,
);

const fields = struct<Omit<RequestData, "scheme">>({
  agentVersions: versionRange,
  queues,
  clientData: maybe(largeText),
});

/** The binary form, which does not tell the scheme. */
export const connectionRequest: Codec<ConnectionRequest> = {
  encode(writer, request) {
    linkMode.encode(writer, request.mode);
    fields.encode(writer, request);
    if (request.mode === "invitation") e2eParamsUri.encode(writer, request.ratchet);
  },
  decode(reader) {
    const mode = linkMode.decode(reader);
    const data = { scheme: { type: "simplex" } as const, ...fields.decode(reader) };
    return mode === "contact" ? { mode, ...data } : { mode, ...data, ratchet: e2eParamsUri.decode(reader) };
  },
};

/** The queue of a request that we use: the first. */
export function queueOf({ queues: [first] }: ConnectionRequest): QueueUri {
  if (first === undefined) throw new RangeError("cannot use connection request: it has no queue");
  return first;
}
