import type { RelayIdentity } from "../../relay/identity/identity.ts";
import { relayCredentials } from "../crypto/certificate.fixture.ts";
import type { Random } from "../crypto/random.ts";

/** Long before and after every simulated moment. */
const validity = { notBeforeMs: Date.UTC(2000, 0), notAfterMs: Date.UTC(2099, 0) };

/** The identity of the relays of a run. */
export function createIdentity(random: Random): RelayIdentity {
  return relayCredentials("Ed25519", validity, random);
}
