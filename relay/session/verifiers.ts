import { equalBytes } from "../../core/bytes/index.ts";
import { ed448 } from "../../core/crypto/ed448.ts";
import { ed25519 } from "../../core/crypto/ed25519.ts";
import type { PublicKey, SigningAlgorithm } from "../../core/crypto/keys.ts";
import { idKey } from "../id-key.ts";
import { Lru } from "../lru.ts";

/** Queues whose key is kept ready in one session. */
const verifiersMax = 64;

const schemes = { Ed25519: ed25519, Ed448: ed448 } as const;

interface Verifier {
  readonly publicKey: Uint8Array;
  readonly verify: (message: Uint8Array, signature: Uint8Array) => boolean;
}

/**
 * Public keys of queues, each made ready once. They are kept by the id in the command, be it of a queue or of
 * none, so that an id that does not exist takes no less time.
 */
export class SessionVerifiers {
  readonly #verifiers = new Lru<string, Verifier>(verifiersMax);

  verify(
    entityId: Uint8Array,
    { algorithm, key }: PublicKey<SigningAlgorithm>,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean {
    const id = algorithm + idKey(entityId);
    const known = this.#verifiers.get(id);
    if (known !== undefined && equalBytes(known.publicKey, key)) return known.verify(message, signature);
    const made = { publicKey: key, verify: schemes[algorithm].prepareVerify(key) };
    this.#verifiers.set(id, made);
    return made.verify(message, signature);
  }
}
