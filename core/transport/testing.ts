import { type RelayCredentials, relayCredentials } from "../crypto/certificate.fixture.ts";
import type { SigningAlgorithm } from "../crypto/keys.ts";

const dayMs = 86_400_000;

/** A new identity of a relay and a leaf below it, valid from a day before `nowMs` for `days` days. */
export function testIdentity(
  nowMs: number,
  days = 30,
  algorithm: SigningAlgorithm = "Ed25519",
): RelayCredentials {
  return relayCredentials(algorithm, { notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + (days - 1) * dayMs });
}
