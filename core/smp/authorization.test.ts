import { describe, expect, test } from "vitest";
import { DecodeError } from "../bytes/index.ts";
import { ed25519 } from "../crypto/ed25519.ts";
import { generateKeyPair } from "../crypto/keys.ts";
import { systemRandom } from "../crypto/random.ts";
import { x25519 } from "../crypto/x25519.ts";
import { agreeWith, authorizer, isAuthorized, readAuthorization } from "./authorization.ts";

const authorized = Uint8Array.of(1, 2, 3);
const correlationId = systemRandom(24);
const relay = x25519.generateKeyPair(systemRandom);
const agree = x25519.prepare(relay.privateKey);
const algorithms = ["X25519", "Ed25519", "Ed448"] as const;

describe.each(algorithms)("authorization with %s", (algorithm) => {
  const { publicKey, privateKey } = generateKeyPair(algorithm, systemRandom);
  const make = authorizer(privateKey, agreeWith(relay.publicKey));
  const authorization = readAuthorization(make(authorized, correlationId).authenticator);

  test("is good for what was authorised, with the correlation id of a command", () => {
    expect(isAuthorized(publicKey, { authorization, authorized, correlationId }, agree)).toBe(true);
  });

  test("is not good for something else", () => {
    const other = { authorization, authorized: Uint8Array.of(1, 2, 4), correlationId };
    expect(isAuthorized(publicKey, other, agree)).toBe(false);
  });

  test("is not good for another key, of the same or of another kind", () => {
    for (const kind of algorithms) {
      const other = generateKeyPair(kind, systemRandom).publicKey;
      expect(isAuthorized(other, { authorization, authorized, correlationId }, agree)).toBe(false);
    }
  });

  test("with a service is good only for that service, whose signature covers the command alone", () => {
    const service = ed25519.generateKeyPair(systemRandom);
    const certificateHash = systemRandom(32);
    const credentials = authorizer(privateKey, agreeWith(relay.publicKey), {
      certificateHash,
      privateKey: service.privateKey,
    })(authorized, correlationId);
    const transmission = {
      authorization: readAuthorization(credentials.authenticator),
      authorized,
      correlationId,
    };
    expect(isAuthorized(publicKey, transmission, agree, certificateHash)).toBe(true);
    expect(isAuthorized(publicKey, transmission, agree, systemRandom(32))).toBe(false);
    expect(isAuthorized(publicKey, transmission, agree)).toBe(false);
    expect(ed25519.verify(service.publicKey, authorized, credentials.serviceSignature ?? authorized)).toBe(
      true,
    );
  });
});

describe("authorization", () => {
  test("with an authenticator is not good for another correlation id", () => {
    const { publicKey, privateKey } = generateKeyPair("X25519", systemRandom);
    const { authenticator } = authorizer(privateKey, agreeWith(relay.publicKey))(authorized, correlationId);
    const authorization = readAuthorization(authenticator);
    for (const other of [systemRandom(24), correlationId.subarray(1), new Uint8Array(0)]) {
      expect(isAuthorized(publicKey, { authorization, authorized, correlationId: other }, agree)).toBe(false);
    }
  });

  test("that is absent is good for nothing", () => {
    const { publicKey } = generateKeyPair("Ed25519", systemRandom);
    expect(isAuthorized(publicKey, { authorization: undefined, authorized, correlationId }, agree)).toBe(
      false,
    );
  });

  test("is told by its length", () => {
    expect(readAuthorization(new Uint8Array(0))).toBeUndefined();
    expect(readAuthorization(new Uint8Array(64))).toMatchObject({ algorithm: "Ed25519" });
    expect(readAuthorization(new Uint8Array(114))).toMatchObject({ algorithm: "Ed448" });
    expect(readAuthorization(new Uint8Array(80))).toMatchObject({ type: "authenticator" });
    for (const length of [1, 63, 65, 79, 81, 113, 115, 255]) {
      expect(() => readAuthorization(new Uint8Array(length))).toThrow(DecodeError);
    }
  });
});
