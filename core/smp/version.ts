import type { VersionRange } from "../bytes/index.ts";

export { type VersionRange, versionRange } from "../bytes/index.ts";

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
