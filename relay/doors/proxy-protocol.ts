import { DecodeError, hexDecode, hexEncode, latin1Decode, Reader } from "../../core/bytes/index.ts";

/** What a TLS terminator says about the client of a connection, in PROXY protocol version 2. */
export interface ProxiedClient {
  /** Empty when it was not told. */
  readonly remoteAddress: string;
  /** The protocol that TLS agreed on, if any. */
  readonly alpn: string | undefined;
  /** tls-unique; undefined when the terminator is not set to tell it. */
  readonly sessionId: Uint8Array | undefined;
}

/** A header, how many bytes it took, and undefined for a connection of the terminator itself. */
export interface ProxyHeader {
  readonly length: number;
  readonly client: ProxiedClient | undefined;
}

const signature = hexDecode("0d0a0d0a000d0a515549540a");
const startLength = signature.length + 4;
/** A header with all that HAProxy can tell is shorter, in bytes. */
export const headerLengthMax = 2048;

const versionLocal = 0x20;
const versionProxy = 0x21;
const familyIpv4 = 1;
const familyIpv6 = 2;
const typeAlpn = 0x01;
const typeUniqueId = 0x05;

/**
 * Reads the header at the front of what has come so far.
 * @returns undefined when more has to come
 * @throws DecodeError when it is not such a header
 */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader | undefined {
  const compared = Math.min(bytes.length, signature.length);
  if (hexEncode(bytes.subarray(0, compared)) !== hexEncode(signature.subarray(0, compared))) {
    throw new DecodeError("connection does not begin with PROXY protocol version 2");
  }
  if (bytes.length < startLength) return undefined;
  const reader = new Reader(bytes);
  reader.take(signature.length);
  const command = reader.byte();
  const family = reader.byte() >> 4;
  const contentLength = reader.word16();
  const length = startLength + contentLength;
  if (length > headerLengthMax)
    throw new DecodeError(`header is ${length} bytes, more than ${headerLengthMax}`);
  if (bytes.length < length) return undefined;
  if (command === versionLocal) return { length, client: undefined };
  if (command !== versionProxy) throw new DecodeError("header has an unknown command");
  return { length, client: readClient(new Reader(reader.take(contentLength)), family) };
}

function readClient(reader: Reader, family: number): ProxiedClient {
  const remoteAddress = readAddresses(reader, family);
  let alpn: string | undefined;
  let sessionId: Uint8Array | undefined;
  while (reader.remaining > 0) {
    const type = reader.byte();
    const value = reader.take(reader.word16());
    if (type === typeAlpn) alpn = latin1Decode(value);
    if (type === typeUniqueId) sessionId = hexDecode(latin1Decode(value));
  }
  return { remoteAddress, alpn, sessionId };
}

/** The address of the client; that of the relay and the ports are passed over. */
function readAddresses(reader: Reader, family: number): string {
  if (family === familyIpv4) return Array.from(reader.take(12).subarray(0, 4)).join(".");
  if (family !== familyIpv6) return "";
  const address = reader.take(36).subarray(0, 16);
  return hexEncode(address).replace(/(.{4})(?!$)/g, "$1:");
}
