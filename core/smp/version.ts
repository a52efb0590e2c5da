import { type Codec, mapped, refined, tuple, word16 } from "../bytes/index.ts";

/** A version of the SMP protocol, or a range of them, ends included. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** The versions of SMP that we speak. */
export const smpVersions: VersionRange = { min: 6, max: 18 };

/** What a relay offers to a client that did not ask for `smp/1` in ALPN. */
export const legacyVersions: VersionRange = { min: 6, max: 6 };

/**
 * The versions that a client uses inside proxied commands: the newest one is held back, so that a
 * destination relay can't tell clients apart by when they upgrade.
 */
export const proxiedVersions: VersionRange = { min: 8, max: 17 };

/** The first version that has a feature. */
export const since = {
  /** X25519 authenticators; the session id is authorised but not sent. */
  authenticators: 7,
  /** Commands sent through a proxy. */
  proxy: 8,
  /** SKEY: the sender secures the queue. */
  senderKey: 9,
  /** DELD when a queue is deleted over another connection. */
  deletedEvent: 10,
  /** Transport blocks are encrypted inside TLS. */
  encryptedBlocks: 11,
  /** BLOCKED errors. */
  blocked: 12,
  /** The handshake says whether the client is a proxy. */
  proxyFlag: 14,
  /** Link data in NEW and LSET. */
  shortLinks: 15,
  /** Service certificates. */
  services: 16,
  /** Notification credentials in NEW. */
  notifierCredentials: 17,
  /** Notices in BLOCKED errors. */
  notices: 18,
} as const;

const pair: Codec<readonly [number, number]> = tuple(word16, word16);

/** Two versions of 2 bytes each, the lower one first. */
export const versionRange: Codec<VersionRange> = refined(
  mapped(
    pair,
    ([min, max]): VersionRange => ({ min, max }),
    ({ min, max }) => [min, max] as const,
  ),
  ({ min, max }) => (min <= max ? undefined : "version range ends before it starts"),
);

/** The versions that both sides know, or undefined when there are none. */
export function commonVersions(a: VersionRange, b: VersionRange): VersionRange | undefined {
  const min = Math.max(a.min, b.min);
  const max = Math.min(a.max, b.max);
  return min <= max ? { min, max } : undefined;
}

/**
 * One value of `make` for each protocol version, made when first asked for.
 * @throws RangeError for a version that we don't speak
 */
export function byVersion<T>(make: (version: number) => T): (version: number) => T {
  const made = new Map<number, T>();
  return (version) => {
    const known = made.get(version);
    if (known !== undefined) return known;
    if (!Number.isInteger(version) || version < smpVersions.min || version > smpVersions.max) {
      throw new RangeError(
        `cannot use SMP version: ${version} is not ${smpVersions.min} to ${smpVersions.max}`,
      );
    }
    const value = make(version);
    made.set(version, value);
    return value;
  };
}
