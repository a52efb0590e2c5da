import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, EncodeError, utf8Encode } from "../bytes/index.ts";
import { CryptoError } from "../crypto/errors.ts";
import { generateKeyPair } from "../crypto/keys.ts";
import { systemRandom } from "../crypto/random.ts";
import {
  type ClientMessage,
  clientMessage,
  clientMessageEnvelope,
  openClientMessage,
  type PublicHeader,
  sealClientMessage,
} from "./client-message.ts";
import { bytes } from "./testing/arbitraries.ts";

const secret = systemRandom(32);
const nonce = systemRandom(24);
const plain: PublicHeader = { version: 4, key: undefined };
const keyed: PublicHeader = { version: 4, key: systemRandom(32) };
const senderKey = generateKeyPair("Ed25519", systemRandom).publicKey;

describe("client messages", () => {
  const headers = fc.constantFrom<ClientMessage["header"]>(
    { type: "empty" },
    { type: "confirmation", senderKey },
  );

  test("open as they were sealed, and all have the same length", () => {
    fc.assert(
      fc.property(fc.constantFrom(plain, keyed), headers, bytes(0, 2000), (header, privateHeader, body) => {
        const message = { header: privateHeader, body };
        const sealed = sealClientMessage(header, secret, nonce, message);
        expect(sealed.length).toBe(header.key === undefined ? 16_043 : 15_992);
        const envelope = decode(clientMessageEnvelope, sealed);
        expect(envelope.header).toEqual(header);
        expect(openClientMessage(envelope, secret)).toEqual(message);
      }),
    );
  });

  test("hold a body of 15,997 bytes and no more", () => {
    const seal = (length: number) =>
      sealClientMessage(plain, secret, nonce, { header: { type: "empty" }, body: new Uint8Array(length) });
    expect(seal(15_997).length).toBe(16_043);
    expect(() => seal(15_998)).toThrow(EncodeError);
  });

  test("don't open with another secret, or when they have changed", () => {
    const sealed = sealClientMessage(plain, secret, nonce, { header: { type: "empty" }, body: nonce });
    expect(() => openClientMessage(decode(clientMessageEnvelope, sealed), systemRandom(32))).toThrow(
      CryptoError,
    );
    sealed[sealed.length - 1] = (sealed[sealed.length - 1] ?? 0) ^ 1;
    expect(() => openClientMessage(decode(clientMessageEnvelope, sealed), secret)).toThrow(CryptoError);
  });

  test.each(["", "X", "K", "K\x00"])("with the private header %o are refused", (text) => {
    expect(() => decode(clientMessage, utf8Encode(text))).toThrow("cannot decode");
  });
});
