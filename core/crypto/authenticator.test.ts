import fc from "fast-check";
import { expect, test } from "vitest";
import { authenticatorLength, commandAuthenticator, verifyCommandAuthenticator } from "./authenticator.ts";
import { CryptoError } from "./errors.ts";
import { flipBit } from "./flip.fixture.ts";
import { systemRandom } from "./random.ts";
import { x25519 } from "./x25519.ts";

const client = x25519.generateKeyPair(systemRandom);
const server = x25519.generateKeyPair(systemRandom);
const secret = x25519.sharedSecret(client.privateKey, server.publicKey);
const nonce = systemRandom(24);

test("the server verifies what the client made, and could have made it itself", () => {
  const command = systemRandom(200);
  const authenticator = commandAuthenticator(secret, nonce, command);
  const serverSecret = x25519.sharedSecret(server.privateKey, client.publicKey);
  expect(authenticator.length).toBe(authenticatorLength);
  expect(verifyCommandAuthenticator(serverSecret, nonce, command, authenticator)).toBe(true);
  expect(commandAuthenticator(serverSecret, nonce, command)).toEqual(authenticator);
});

test("nothing verifies with any bit changed, or of another length", () => {
  const command = systemRandom(50);
  const authenticator = commandAuthenticator(secret, nonce, command);
  fc.assert(
    fc.property(fc.nat(), fc.nat(7), (position, bit) => {
      const flip = (bytes: Uint8Array) => flipBit(bytes, position, bit);
      expect(verifyCommandAuthenticator(secret, nonce, command, flip(authenticator))).toBe(false);
      expect(verifyCommandAuthenticator(secret, nonce, flip(command), authenticator)).toBe(false);
      expect(verifyCommandAuthenticator(secret, flip(nonce), command, authenticator)).toBe(false);
      expect(verifyCommandAuthenticator(flip(secret), nonce, command, authenticator)).toBe(false);
    }),
  );
  for (const length of [0, 64, 79, 81, 114]) {
    expect(verifyCommandAuthenticator(secret, nonce, command, new Uint8Array(length))).toBe(false);
  }
});

test("keys and nonces of a wrong length are errors", () => {
  expect(() => commandAuthenticator(new Uint8Array(31), nonce, secret)).toThrow(CryptoError);
  expect(() => commandAuthenticator(secret, new Uint8Array(23), secret)).toThrow(CryptoError);
});
