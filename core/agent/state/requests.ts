import { encode, word32 } from "../../bytes/index.ts";
import type { Transaction } from "../../store/store.ts";
import type { ProfileId, RequestId } from "../api.ts";
import type { ContactRequest } from "./records.ts";
import { tables } from "./tables.ts";

const noBytes = new Uint8Array(0);

/** Stores a request that came to an address of ours. */
export function putRequest(transaction: Transaction, id: RequestId, request: ContactRequest): void {
  tables.requests.put(transaction, id, request);
  tables.profileRequests.put(transaction, { profile: request.profile, request: id }, noBytes);
}

/** Takes a request out: it is answered. Undefined when there is none. */
export function takeRequest(transaction: Transaction, id: RequestId): ContactRequest | undefined {
  const request = tables.requests.get(transaction, id);
  if (request === undefined) return undefined;
  tables.requests.delete(transaction, id);
  tables.profileRequests.delete(transaction, { profile: request.profile, request: id });
  return request;
}

/** How many requests wait in a profile; without reading them. */
export function countRequests(transaction: Transaction, profile: ProfileId): number {
  return tables.profileRequests.count(transaction, { prefix: encode(word32, profile) });
}

/** Forgets all requests of a profile. */
export function dropRequests(transaction: Transaction, profile: ProfileId): void {
  for (const { key } of tables.profileRequests.range(transaction, { prefix: encode(word32, profile) }))
    takeRequest(transaction, key.request);
}
