import { describe, expect, test } from "vitest";
import { EncodeError } from "../bytes/index.ts";
import { CryptoError } from "../crypto/errors.ts";
import { systemRandom } from "../crypto/random.ts";
import {
  openForwarded,
  openForwardedResponse,
  openProxied,
  openProxiedResponse,
  sealForwarded,
  sealForwardedResponse,
  sealProxied,
  sealProxiedResponse,
} from "./proxied.ts";

const secret = systemRandom(32);
const proxySecret = systemRandom(32);
const correlationId = systemRandom(24);
const batchOf = (length: number) => ({ length, parts: [new Uint8Array(length).fill(7)] });
const [batchBytes] = batchOf(200).parts;

describe("proxied commands", () => {
  test("open at the relay, and responses at the client, whatever their lengths", () => {
    for (const length of [0, 200, 16_224]) {
      const encrypted = sealProxied(secret, correlationId, batchOf(length));
      expect(encrypted.length).toBe(16_242);
      expect(openProxied(secret, correlationId, encrypted)).toEqual(batchOf(length).parts[0]);
      const response = sealProxiedResponse(secret, correlationId, batchOf(length));
      expect(response.length).toBe(16_242);
      expect(openProxiedResponse(secret, correlationId, response)).toEqual(batchOf(length).parts[0]);
    }
    expect(() => sealProxied(secret, correlationId, batchOf(16_225))).toThrow(EncodeError);
  });

  test("don't pass for responses, nor the other way", () => {
    const encrypted = sealProxied(secret, correlationId, batchOf(200));
    const response = sealProxiedResponse(secret, correlationId, batchOf(200));
    expect(() => openProxiedResponse(secret, correlationId, encrypted)).toThrow(CryptoError);
    expect(() => openProxied(secret, correlationId, response)).toThrow(CryptoError);
  });

  test("are handed on by the proxy with what the relay has to know", () => {
    const command = {
      correlationId,
      version: 17,
      key: systemRandom(32),
      encrypted: sealProxied(secret, correlationId, batchOf(200)),
    };
    const outerId = systemRandom(24);
    const forwarded = openForwarded(proxySecret, outerId, sealForwarded(proxySecret, outerId, command));
    expect(forwarded).toEqual(command);
    expect(openProxied(secret, forwarded.correlationId, forwarded.encrypted)).toEqual(batchBytes);
    const response = {
      correlationId,
      encrypted: sealProxiedResponse(secret, correlationId, batchOf(200)),
    };
    const sealed = sealForwardedResponse(proxySecret, outerId, response);
    expect(openForwardedResponse(proxySecret, outerId, sealed)).toEqual(response);
    expect(() => openForwarded(proxySecret, outerId, sealed)).toThrow(CryptoError);
    expect(() => openForwardedResponse(proxySecret, systemRandom(24), sealed)).toThrow(CryptoError);
  });
});
