import { sha256 } from "../../crypto/hash.ts";
import type { Chunks } from "../../smp/chunks.ts";
import { expectBytes, hex, type Json } from "../vectors.ts";

export function chunksOf(bytes: Uint8Array): Chunks {
  return { length: bytes.length, parts: [bytes] };
}

/** The ids of a transmission. */
export function idsOf(input: Json) {
  return { correlationId: hex(input["corrId"]), entityId: hex(input["entityId"]) };
}

/** Longer values are given by their SHA-256. */
export function expectSha256(bytes: Uint8Array, expected: unknown, what: string): void {
  expectBytes(sha256(bytes), expected, `${what} SHA-256`);
}
