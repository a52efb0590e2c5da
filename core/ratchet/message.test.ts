import { describe, expect, test } from "vitest";
import { concat, DecodeError, decode, EncodeError, encode, Reader } from "../bytes/index.ts";
import { encodePublicKey } from "../crypto/keys.ts";
import { encryptedHeader, encryptedMessage } from "./encrypted-message.ts";
import type { KemParams } from "./kem-params.ts";
import { type MessageHeader, messageHeader, paddedHeaderLength } from "./message-header.ts";

const dhPublicKey = new Uint8Array(56).fill(1);
const der = encodePublicKey({ algorithm: "X448", key: dhPublicKey });
const kem: KemParams = {
  type: "accepted",
  ciphertext: new Uint8Array(1039).fill(2),
  publicKey: new Uint8Array(1158).fill(3),
};
const header: MessageHeader = {
  maxVersion: 3,
  dhPublicKey,
  kem: undefined,
  previousCount: 1,
  number: 0xffff_ffff,
};

describe("messageHeader", () => {
  test("has the KEM from version 3 on only", () => {
    const numbers = [0, 0, 0, 1, 255, 255, 255, 255];
    expect([...encode(messageHeader(2), header)]).toEqual([0, 3, 68, ...der, ...numbers]);
    expect([...encode(messageHeader(3), header)]).toEqual([0, 3, 68, ...der, 0x30, ...numbers]);
    expect(decode(messageHeader(2), encode(messageHeader(2), { ...header, kem }))).toEqual(header);
    expect(decode(messageHeader(3), encode(messageHeader(3), { ...header, kem }))).toEqual({
      ...header,
      kem,
    });
  });

  test("fits into its padded length, the largest too", () => {
    expect(encode(messageHeader(3), header).length + 2).toBeLessThanOrEqual(paddedHeaderLength(3, false));
    const largest = encode(messageHeader(3), { ...header, kem });
    expect(largest.length).toBe(2282);
    expect(largest.length + 2).toBeLessThanOrEqual(paddedHeaderLength(3, true));
    expect([paddedHeaderLength(2, true), paddedHeaderLength(2, false)]).toEqual([88, 88]);
  });

  test("leaves bytes of later versions alone", () => {
    const longer = concat(encode(messageHeader(3), header), Uint8Array.of(1, 2, 3));
    expect(messageHeader(3).decode(new Reader(longer))).toEqual(header);
  });

  test("does not write numbers beyond 32 bits, nor read a header cut off", () => {
    expect(() => encode(messageHeader(3), { ...header, number: 2 ** 32 })).toThrow(EncodeError);
    const encoded = encode(messageHeader(3), header);
    for (let length = 0; length < encoded.length; length++) {
      expect(() => decode(messageHeader(3), encoded.subarray(0, length))).toThrow(DecodeError);
    }
  });
});

const sealed = { tag: new Uint8Array(16).fill(5), ciphertext: new Uint8Array(88).fill(6) };
const iv = new Uint8Array(16).fill(4);

describe("encryptedHeader", () => {
  test.each([
    [2, [88]],
    [3, [0, 88]],
  ])("of version %i has its length in %j", (version, length) => {
    const encoded = [0, version, ...iv, ...sealed.tag, ...length, ...sealed.ciphertext];
    expect([...encode(encryptedHeader, { version, iv, sealed })]).toEqual(encoded);
    expect(decode(encryptedHeader, Uint8Array.from(encoded))).toEqual({ version, iv, sealed });
  });

  test("is read with either length, so that a version can change in one message", () => {
    const short = [0, 3, ...iv, ...sealed.tag, 88, ...sealed.ciphertext];
    expect(decode(encryptedHeader, Uint8Array.from(short))).toEqual({ version: 3, iv, sealed });
  });

  test.each([
    ["nothing", []],
    ["version 1", [0, 1, ...iv, ...sealed.tag, 88, ...sealed.ciphertext]],
    ["version 4", [0, 4, ...iv, ...sealed.tag, 0, 88, ...sealed.ciphertext]],
    ["a ciphertext cut off", [0, 3, ...iv, ...sealed.tag, 0, 88, ...sealed.ciphertext.subarray(1)]],
    ["bytes left over", [0, 3, ...iv, ...sealed.tag, 0, 88, ...sealed.ciphertext, 0]],
    ["no tag", [0, 3, ...iv]],
  ])("does not read %s", (_, encoded) => {
    expect(() => decode(encryptedHeader, Uint8Array.from(encoded))).toThrow(DecodeError);
  });

  test("does not write what a reader would misread", () => {
    const long = { version: 2, iv, sealed: { ...sealed, ciphertext: new Uint8Array(256) } };
    expect(() => encode(encryptedHeader, long)).toThrow(EncodeError);
    expect(() => encode(encryptedHeader, { version: 3, iv: iv.subarray(1), sealed })).toThrow(EncodeError);
  });
});

describe("encryptedMessage", () => {
  const message = { header: new Uint8Array(123).fill(7), sealed };

  test.each([
    [2, [123]],
    [3, [0, 123]],
  ])("of version %i has the length of its header in %j", (version, length) => {
    const encoded = [...length, ...message.header, ...sealed.tag, ...sealed.ciphertext];
    expect([...encode(encryptedMessage(version), message)]).toEqual(encoded);
    for (const other of [2, 3]) {
      expect(decode(encryptedMessage(other), Uint8Array.from(encoded))).toEqual(message);
    }
  });

  test("does not read what ends within the header or the tag", () => {
    const encoded = encode(encryptedMessage(3), message).slice(0, 2 + 123 + 16);
    expect(decode(encryptedMessage(3), encoded).sealed.ciphertext.length).toBe(0);
    for (let length = 0; length < encoded.length; length++) {
      expect(() => decode(encryptedMessage(3), encoded.subarray(0, length))).toThrow(DecodeError);
    }
  });
});
