import { formatConnectionRequest, parseConnectionRequest } from "../links/connection-request-text.ts";

/** An invitation as older agents make it: nobody secures the queue of such a link before its owner does. */
export function oldWayLink(fullLink: string): string {
  const request = parseConnectionRequest(fullLink);
  const queues = request.queues.map((queue) => ({
    ...queue,
    mode: undefined,
    clientVersions: { min: 1, max: 2 },
  }));
  return formatConnectionRequest({ ...request, queues });
}
