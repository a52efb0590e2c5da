import { type Codec, mapped, shortBytes } from "../bytes/index.ts";
import { decodePublicKey, encodePublicKey, type PublicKey } from "../crypto/keys.ts";
import type { X25519PublicKey } from "./ids.ts";

/** Algorithms that can authorise commands. */
export type AuthAlgorithm = "X25519" | "Ed25519" | "Ed448";

/** A public key that authorises commands. */
export type AuthKey = PublicKey<AuthAlgorithm>;

/** An authorisation key: a short byte string with its DER SubjectPublicKeyInfo. */
export const authKey: Codec<AuthKey> = mapped(
  shortBytes,
  (der) => decodePublicKey(der, "X25519", "Ed25519", "Ed448"),
  encodePublicKey,
);

/** An X25519 key: a short byte string with its DER SubjectPublicKeyInfo; held as the raw 32 bytes. */
export const dhKey: Codec<X25519PublicKey> = mapped(
  shortBytes,
  (der): X25519PublicKey => decodePublicKey(der, "X25519").key,
  (key) => encodePublicKey({ algorithm: "X25519", key }),
);
