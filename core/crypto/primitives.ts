/**
 * What a provider implements. These take raw keys whose lengths the public files of this folder
 * (`x25519.ts`, `box.ts`, ...) have checked, so that providers hold nothing but the computation.
 */

/** A hash function of the whole input. */
export type Hash = (data: Uint8Array) => Uint8Array;

/** HKDF with a fixed hash (RFC 5869): `length` bytes of key material. */
export type Hkdf = (salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number) => Uint8Array;

/** X25519 or X448 (RFC 7748). */
export interface KeyAgreement {
  publicKey(privateKey: Uint8Array): Uint8Array;
  /**
   * The private key made ready: a function from the other side's public key to the raw shared secret.
   * For a point of low order it throws or gives zeros.
   */
  prepare(privateKey: Uint8Array): (publicKey: Uint8Array) => Uint8Array;
}

/** Ed25519 or Ed448 (RFC 8032), pure, without context. */
export interface Signing {
  publicKey(privateKey: Uint8Array): Uint8Array;
  sign(privateKey: Uint8Array, message: Uint8Array): Uint8Array;
  /** May throw instead of returning false when the public key is no point of the curve. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** As `verify`, for one public key and many signatures, where that saves time. */
  prepareVerify?(publicKey: Uint8Array): (message: Uint8Array, signature: Uint8Array) => boolean;
}

/** XSalsa20-Poly1305 as in NaCl: key 32 bytes, nonce 24, the tag in the first 16 bytes of the box. */
export interface BoxCipher {
  /** Encrypts `length` bytes which `fill` writes, so that padding needs no copy. `fill` must write all. */
  seal(key: Uint8Array, nonce: Uint8Array, length: number, fill: (plaintext: Uint8Array) => void): Uint8Array;
  /**
   * Decrypts, and gives the part of the plaintext which `part` returns as a view; undefined when the tag does not
   * fit. `boxed` has at least 16 bytes. @param inPlace whether the plaintext may take the memory of `boxed`; in an
   *   array of its own otherwise
   */
  open(
    key: Uint8Array,
    nonce: Uint8Array,
    boxed: Uint8Array,
    part: (plaintext: Uint8Array) => Uint8Array,
    inPlace?: boolean,
  ): Uint8Array | undefined;
}

/** Ciphertext and its 16-byte tag, kept apart. */
export interface Sealed {
  readonly tag: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** AES-256-GCM with an IV of any length. */
export interface Aead {
  seal(key: Uint8Array, iv: Uint8Array, ad: Uint8Array, plaintext: Uint8Array): Sealed;
  /** Undefined when the tag does not fit. */
  open(key: Uint8Array, iv: Uint8Array, ad: Uint8Array, sealed: Sealed): Uint8Array | undefined;
}

/** All primitives that need an implementation. */
export interface Primitives {
  readonly sha256: Hash;
  readonly sha512: Hash;
  readonly sha3_256: Hash;
  readonly sha3_384: Hash;
  readonly hkdfSha512: Hkdf;
  readonly x25519: KeyAgreement;
  readonly x448: KeyAgreement;
  readonly ed25519: Signing;
  readonly ed448: Signing;
  readonly xsalsa20Poly1305: BoxCipher;
  readonly aes256Gcm: Aead;
}

/** A named set of the primitives that one implementation offers on this runtime. */
export interface Provider {
  readonly name: string;
  readonly primitives: Partial<Primitives>;
}
