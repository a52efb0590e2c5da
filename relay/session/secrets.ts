import { equalBytes } from "../../core/bytes/index.ts";
import { CryptoError } from "../../core/crypto/errors.ts";
import { x25519 } from "../../core/crypto/x25519.ts";
import { idKey } from "../id-key.ts";
import { Lru } from "../lru.ts";

/** Queues whose secret is kept in one session. */
const secretsMax = 128;

interface Secret {
  readonly publicKey: Uint8Array;
  /** Undefined for a key of low order, with which nothing can be authorised. */
  readonly secret: Uint8Array | undefined;
}

/**
 * The secrets that X25519 keys of queues share with the session key, each computed once. They are kept by
 * the id in the command, be it of a queue or of none, so that an id that does not exist takes no less time.
 */
export class SessionSecrets {
  readonly #agree: (publicKey: Uint8Array) => Uint8Array;
  readonly #secrets = new Lru<string, Secret>(secretsMax);

  /** @param sessionPrivateKey raw X25519 key, 32 bytes */
  constructor(sessionPrivateKey: Uint8Array) {
    this.#agree = x25519.prepare(sessionPrivateKey);
  }

  /** The secret of the session key and a queue's key, or undefined when the key is unusable. */
  get(entityId: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
    const key = idKey(entityId);
    const known = this.#secrets.get(key);
    if (known !== undefined && equalBytes(known.publicKey, publicKey)) return known.secret;
    const secret = this.compute(publicKey);
    this.#secrets.set(key, { publicKey, secret });
    return secret;
  }

  /** The secret with a key that is used once. */
  compute(publicKey: Uint8Array): Uint8Array | undefined {
    try {
      return this.#agree(publicKey);
    } catch (error) {
      if (error instanceof CryptoError) return undefined;
      throw error;
    }
  }
}
