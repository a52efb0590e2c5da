import {
  base64urlDecode,
  base64urlEncodeUnpadded,
  type Codec,
  DecodeError,
  fixedBytes,
  int64,
  mapped,
  refined,
  word8,
} from "../../bytes/index.ts";
import { formatRelayAddress, type RelayAddress, relayAddress } from "../../smp/address.ts";
import type { ConfirmationId, ConnectionId, RequestId } from "../api.ts";

/** One of a few names, stored as its place in the list: new names are only ever added at the end. */
export function oneOf<T extends string>(...names: readonly T[]): Codec<T> {
  return mapped(
    word8,
    (index) => {
      const name = names[index];
      if (name === undefined) throw new DecodeError(`${index} is not one of ${names.length} names`);
      return name;
    },
    (name) => names.indexOf(name),
  );
}

/** A whole number from 0 to 2^53 - 1 in 8 bytes, which sort like the numbers. */
export const counter: Codec<number> = refined(mapped(int64, Number, BigInt), (value) =>
  Number.isSafeInteger(value) && value >= 0 ? undefined : "number is out of range",
);

/** Length of the ids that we make for our own use, in bytes. */
export const ownIdLength = 12;

const idBytes = fixedBytes(ownIdLength);

function idCodec<T extends string>(): Codec<T> {
  return mapped(
    idBytes,
    (bytes) => base64urlEncodeUnpadded(bytes) as T,
    (id) => base64urlDecode(id),
  );
}

export const connectionId: Codec<ConnectionId> = idCodec<ConnectionId>();
export const requestId: Codec<RequestId> = idCodec<RequestId>();
export const confirmationId: Codec<ConfirmationId> = idCodec<ConfirmationId>();

export const smpRelay: Codec<RelayAddress> = relayAddress("smp");

/** The relay as the key of a map. */
export function relayKey(relay: RelayAddress): string {
  return formatRelayAddress(relay);
}
