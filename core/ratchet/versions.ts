import type { VersionRange } from "../bytes/index.ts";

/** The first ratchet version with the key derivation of X3DH; nothing older is spoken. */
export const kdfRatchetVersion = 2;

/** The first ratchet version with a post-quantum key encapsulation in its headers. */
export const pqRatchetVersion = 3;

/** The ratchet versions that we speak. */
export const ratchetVersions: VersionRange = { min: kdfRatchetVersion, max: pqRatchetVersion };
