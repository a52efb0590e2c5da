import {
  bool,
  type Codec,
  fixedBytes,
  largeBytes,
  maybe,
  shortBytes,
  struct,
  union,
  word8,
  word16,
  word32,
} from "../bytes/index.ts";
import { ratchetIvLength } from "../crypto/aes-gcm.ts";
import type { KeyPair } from "../crypto/diffie-hellman.ts";
import {
  SNTRUP761_CIPHERTEXT_BYTES,
  SNTRUP761_PRIVATE_KEY_BYTES,
  SNTRUP761_PUBLIC_KEY_BYTES,
  SNTRUP761_SHARED_SECRET_BYTES,
  type Sntrup761KeyPair,
} from "../crypto/sntrup761.ts";
import { x448 } from "../crypto/x448.ts";
import type { BodyKey } from "./encrypt.ts";
import { type MessageKey, ratchetKeyLength } from "./kdf.ts";
import type { E2eKeys, KemSecrets } from "./keys.ts";
import type { SkippedKey } from "./skipped-keys.ts";
import type { RatchetKem, RatchetState, ReceivingChain, SendingChain } from "./state.ts";

/** Version of the stored forms. A reader of a later one can still tell what it has before it. */
const storageVersion = 1;

function versioned<T>(codec: Codec<T>): Codec<T> {
  return {
    encode(writer, value) {
      word8.encode(writer, storageVersion);
      codec.encode(writer, value);
    },
    decode(reader) {
      const version = word8.decode(reader);
      if (version !== storageVersion) reader.fail(`stored form ${version} is unknown`);
      return codec.decode(reader);
    },
  };
}

/** A copy of what the codec reads: stored rows may be wiped or reused by their owner. */
function owned(codec: Codec<Uint8Array>): Codec<Uint8Array> {
  return { encode: codec.encode, decode: (reader) => codec.decode(reader).slice() };
}

const key = owned(fixedBytes(ratchetKeyLength));
const dhKey = owned(fixedBytes(x448.keyLength));
const dhKeyPair = struct<KeyPair>({ publicKey: dhKey, privateKey: dhKey });
const kemPrivateKey = owned(fixedBytes(SNTRUP761_PRIVATE_KEY_BYTES));
const kemCiphertext = owned(fixedBytes(SNTRUP761_CIPHERTEXT_BYTES));

/** The first keys of both sides. */
const associatedData = owned(fixedBytes(2 * x448.keyLength));

/** Stores a ratchet: about 0.5 KB, with a KEM 3.3 KB. */
export const ratchetStateStorage: Codec<RatchetState> = versioned(
  struct<RatchetState>({
    currentVersion: word16,
    maxVersion: word16,
    associatedData,
    dhKeyPair,
    kem: maybe(struct<RatchetKem>({ privateKey: kemPrivateKey, ciphertext: maybe(kemCiphertext) })),
    supportsPq: bool,
    enablesPq: bool,
    sendsPq: bool,
    receivesPq: bool,
    rootKey: key,
    sending: maybe(struct<SendingChain>({ peerKey: dhKey, chainKey: key, headerKey: key })),
    receiving: maybe(struct<ReceivingChain>({ chainKey: key, headerKey: key })),
    sendNumber: word32,
    receiveNumber: word32,
    previousCount: word32,
    nextSendHeaderKey: key,
    nextReceiveHeaderKey: key,
  }),
);

const messageKey = struct<MessageKey>({ key, iv: owned(fixedBytes(ratchetIvLength)) });

/** Stores a skipped key as it is; a table that has the header key and the number as its key needs no more. */
export const skippedKeyStorage: Codec<SkippedKey> = versioned(
  struct<SkippedKey>({ headerKey: key, number: word32, messageKey }),
);

/** Stores what the body of a message that is yet to be encrypted needs. */
export const bodyKeyStorage: Codec<BodyKey> = versioned(
  struct<BodyKey>({
    version: word16,
    messageKey,
    associatedData: owned(shortBytes),
    header: owned(largeBytes),
  }),
);

const kemKeyPair = struct<Sntrup761KeyPair>({
  publicKey: owned(fixedBytes(SNTRUP761_PUBLIC_KEY_BYTES)),
  privateKey: kemPrivateKey,
});

const kemSecrets = union<KemSecrets>({
  proposed: { tag: "P", fields: { keyPair: kemKeyPair } },
  accepted: {
    tag: "A",
    fields: {
      keyPair: kemKeyPair,
      ciphertext: kemCiphertext,
      sharedSecret: owned(fixedBytes(SNTRUP761_SHARED_SECRET_BYTES)),
    },
  },
});

/** Stores the keys of an invitation until it is answered. */
export const e2eKeysStorage: Codec<E2eKeys> = versioned(
  struct<E2eKeys>({ key1: dhKeyPair, key2: dhKeyPair, kem: maybe(kemSecrets) }),
);
