import { scryptSync } from "node:crypto";
import { concat } from "../../bytes/index.ts";
import { secretbox } from "../../crypto/box.ts";
import type { Random } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";

/** The cost of deriving a key from a passphrase with scrypt (RFC 7914); memory is 128 * N * r bytes. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB and about a third of a second on a machine of 2026. */
export const scryptCostDefault: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };

/** What a file may ask for at most: 1 GiB, so that a tampered file can't exhaust the machine. */
const scryptMemoryMax = 2 ** 30;

const saltLength = 16;
const nonceLength = 24;
const keyLength = 32;

/** A key sealed under a passphrase: secretbox with a key that scrypt derives from it. */
export interface SealedKey {
  readonly cost: ScryptCost;
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** Nonce (24 bytes), tag (16 bytes) and the sealed key. */
  readonly sealed: Uint8Array;
}

/** Seals a key under a passphrase, which is normalised (NFKC) so that it can be typed on any keyboard. */
export function sealKey(
  key: Uint8Array,
  passphrase: string,
  random: Random,
  cost: ScryptCost = scryptCostDefault,
): SealedKey {
  const salt = random(saltLength);
  const nonce = random(nonceLength);
  const wrapping = derive(passphrase, salt, cost);
  const sealed = concat(nonce, secretbox.sealNoPad(wrapping, nonce, key));
  wipe(wrapping);
  return { cost, salt, sealed };
}

/** The key, or undefined when the passphrase is wrong. @throws RangeError when the cost is out of bounds */
export function openKey({ cost, salt, sealed }: SealedKey, passphrase: string): Uint8Array | undefined {
  const wrapping = derive(passphrase, salt, cost);
  try {
    return secretbox.openNoPad(wrapping, sealed.subarray(0, nonceLength), sealed.subarray(nonceLength));
  } catch {
    return undefined;
  } finally {
    wipe(wrapping);
  }
}

function derive(passphrase: string, salt: Uint8Array, { N, r, p }: ScryptCost): Uint8Array {
  const memory = 128 * N * r;
  if (!(memory <= scryptMemoryMax) || !(p >= 1 && p <= 16)) {
    throw new RangeError("cannot derive key: the cost of scrypt is out of bounds");
  }
  return scryptSync(passphrase.normalize("NFKC"), salt, keyLength, { N, r, p, maxmem: 2 * memory });
}
