import { describe, expect, test } from "vitest";
import { base64urlEncode, concat, DecodeError, decode, EncodeError, encode } from "../bytes/index.ts";
import { encodePublicKey } from "../crypto/keys.ts";
import { type E2eParams, type E2eParamsUri, e2eParams, e2eParamsUri } from "./e2e-params.ts";
import { formatE2eParamsUri, parseE2eParamsUri } from "./e2e-params-text.ts";
import type { KemParams } from "./kem-params.ts";

const key1 = new Uint8Array(56).fill(1);
const key2 = new Uint8Array(56).fill(2);
const der1 = encodePublicKey({ algorithm: "X448", key: key1 });
const der2 = encodePublicKey({ algorithm: "X448", key: key2 });
const x25519 = encodePublicKey({ algorithm: "X25519", key: new Uint8Array(32) });
const proposed: KemParams = { type: "proposed", publicKey: new Uint8Array(1158).fill(3) };
const accepted: KemParams = { ...proposed, type: "accepted", ciphertext: new Uint8Array(1039).fill(4) };

/** Parts as bytes: numbers stand for themselves. */
const bytes = (...parts: (number | Uint8Array)[]): Uint8Array =>
  concat(...parts.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part)));
const keys = bytes(68, der1, 68, der2);
const kemBytes = bytes(0x50, 1158 >> 8, 1158 & 255, proposed.publicKey);
const none = 0x30;
const some = 0x31;

describe("e2eParams", () => {
  test.each<[string, E2eParams, Uint8Array]>([
    ["version 2", { version: 2, key1, key2, kem: undefined }, bytes(0, 2, keys)],
    ["version 3", { version: 3, key1, key2, kem: undefined }, bytes(0, 3, keys, none)],
    ["version 3 with a KEM", { version: 3, key1, key2, kem: proposed }, bytes(0, 3, keys, some, kemBytes)],
  ])("%s goes to bytes and back", (_, params, encoded) => {
    expect(encode(e2eParams, params)).toEqual(encoded);
    expect(decode(e2eParams, encoded)).toEqual(params);
  });

  test("keeps a KEM that is accepted", () => {
    const params = { version: 3, key1, key2, kem: accepted };
    expect(decode(e2eParams, encode(e2eParams, params))).toEqual(params);
  });

  test.each([
    ["a KEM key of another length", { type: "proposed", publicKey: new Uint8Array(1157) } as const],
    ["a ciphertext of another length", { ...accepted, ciphertext: new Uint8Array(1040) }],
  ])("does not write %s", (_, kem) => {
    expect(() => encode(e2eParams, { version: 3, key1, key2, kem })).toThrow(EncodeError);
  });

  test.each([
    ["nothing", bytes()],
    ["a key missing", bytes(0, 2, 68, der1)],
    ["keys of another algorithm", bytes(0, 2, 44, x25519, 44, x25519)],
    ["a KEM with a version that has none", bytes(0, 2, keys, some, kemBytes)],
    ["neither a KEM nor its absence", bytes(0, 3, keys)],
    ["an unknown kind of KEM", bytes(0, 3, keys, some, 0x51, kemBytes.subarray(1))],
    ["a KEM key cut off", bytes(0, 3, keys, some, kemBytes.subarray(0, -1))],
    ["a KEM key of another length", bytes(0, 3, keys, some, 0x50, 0, 1, 7)],
  ])("does not read %s", (_, encoded) => {
    expect(() => decode(e2eParams, encoded)).toThrow(DecodeError);
  });
});

describe("e2eParamsUri", () => {
  const both = { min: 2, max: 3 };
  const uri = `v=2-3&x3dh=${base64urlEncode(der1)},${base64urlEncode(der2)}`;
  const kemText = `&kem_key=${base64urlEncode(proposed.publicKey)}`;

  test.each<[string, E2eParamsUri, Uint8Array, string]>([
    ["no KEM", { versions: both, key1, key2, kem: undefined }, bytes(0, 2, 0, 3, keys, none), uri],
    [
      "a KEM",
      { versions: both, key1, key2, kem: proposed },
      bytes(0, 2, 0, 3, keys, some, kemBytes),
      uri + kemText,
    ],
  ])("with %s goes to bytes, to text, and back", (_, params, encoded, text) => {
    expect(encode(e2eParamsUri, params)).toEqual(encoded);
    expect(decode(e2eParamsUri, encoded)).toEqual(params);
    expect(formatE2eParamsUri(params)).toBe(text);
    expect(parseE2eParamsUri(text)).toEqual(params);
  });

  test("is text without the KEM when no version has it", () => {
    const text = formatE2eParamsUri({ versions: { min: 2, max: 2 }, key1, key2, kem: proposed });
    expect(parseE2eParamsUri(text).kem).toBeUndefined();
    expect(text).not.toContain("kem");
  });

  test("reads parameters in any order, percent-encoded, and with unknown ones between", () => {
    const [versions = "", x3dh = ""] = uri.split("&");
    const text = `future=1&${x3dh.replaceAll(",", "%2C").replaceAll("=", "%3D").replace("%3D", "=")}&flag&${versions}`;
    expect(parseE2eParamsUri(text)).toEqual({ versions: both, key1, key2, kem: undefined });
  });

  test("never accepts a KEM", () => {
    const params = { versions: both, key1, key2, kem: accepted };
    expect(() => encode(e2eParamsUri, params)).toThrow(EncodeError);
    expect(() => parseE2eParamsUri(formatE2eParamsUri(params))).toThrow(DecodeError);
  });

  test.each([
    ["nothing", ""],
    ["no version", uri.slice("v=2-3&".length)],
    ["no keys", "v=2-3"],
    ["one key", uri.slice(0, uri.indexOf(","))],
    ["three keys", `${uri},${base64urlEncode(der1)}`],
    ["keys of another algorithm", `v=2-3&x3dh=${base64urlEncode(x25519)},${base64urlEncode(x25519)}`],
    ["versions the wrong way round", uri.replace("2-3", "3-2")],
    ["broken percent-encoding", uri.replace("2-3", "%2")],
    ["a KEM key cut off", `${uri}${kemText.slice(0, -4)}`],
  ])("does not read %s", (_, text) => {
    expect(() => parseE2eParamsUri(text)).toThrow(DecodeError);
  });
});
