import type { Clock } from "../../clock/clock.ts";
import type { Random } from "../../crypto/random.ts";
import type { VersionRange } from "../version.ts";
import type { ServiceCredentials } from "./handshake.ts";

/** How long to wait for a relay, in milliseconds. */
export interface Timeouts {
  /** For each block of the handshake. */
  readonly handshakeMs: number;
  /** For the answer to a command, from the last sign of life of the relay on. */
  readonly commandMs: number;
  /** For the answer to a command that goes through a proxy to another relay. */
  readonly proxiedMs: number;
  /** Without anything received for this long, the relay is asked whether it is there. */
  readonly pingIntervalMs: number;
}

/** For connections without a proxy; through Tor, more is due. */
export const defaultTimeouts: Timeouts = {
  handshakeMs: 20_000,
  commandMs: 15_000,
  proxiedMs: 30_000,
  pingIntervalMs: 600_000,
};

/** Longer time-outs, for connections through Tor. */
export const torTimeouts: Timeouts = {
  handshakeMs: 60_000,
  commandMs: 45_000,
  proxiedMs: 90_000,
  pingIntervalMs: 600_000,
};

/** What every client of a relay needs. */
export interface ClientOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly timeouts?: Timeouts;
  /** The versions to choose from; all that we speak unless said otherwise. */
  readonly versions?: VersionRange;
  /** Whether this client is the proxy of other clients. */
  readonly isProxy?: boolean;
  readonly service?: ServiceCredentials;
}
