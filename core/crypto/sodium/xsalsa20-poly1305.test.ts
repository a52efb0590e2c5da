import { expect, test } from "vitest";
import { loadSodium, type SodiumModule } from "./module.ts";
import { sodiumBoxCipher } from "./xsalsa20-poly1305.ts";

const sodium = await loadSodium();

function loaded(): SodiumModule {
  if (sodium === undefined) throw new Error("libsodium shows no module");
  return sodium;
}

const key = new Uint8Array(32).fill(0xc3);
const nonce = new Uint8Array(24).fill(1);
const secret = new TextEncoder().encode("a secret that must not stay in memory");

/** Whether the bytes stand anywhere in libsodium's memory. */
function inMemory(bytes: Uint8Array): boolean {
  const text = new TextDecoder("latin1");
  return text.decode(loaded().HEAPU8).includes(text.decode(bytes));
}

test("neither key nor plaintext stays in libsodium's memory", () => {
  const cipher = sodiumBoxCipher(loaded());
  const boxed = cipher.seal(key, nonce, secret.length, (plaintext) => plaintext.set(secret));
  expect(inMemory(key) || inMemory(secret)).toBe(false);
  expect(cipher.open(key, nonce, boxed, (plaintext) => plaintext)).toEqual(secret);
  expect(inMemory(key) || inMemory(secret)).toBe(false);
});

test("they don't stay when using the plaintext fails either", () => {
  const cipher = sodiumBoxCipher(loaded());
  const boxed = cipher.seal(key, nonce, secret.length, (plaintext) => plaintext.set(secret));
  const fail = (): never => {
    throw new Error("bad padding");
  };
  expect(() => cipher.open(key, nonce, boxed, fail)).toThrow("bad padding");
  expect(inMemory(key) || inMemory(secret)).toBe(false);
});

test("boxes larger than the memory kept for them work, and give their memory back", () => {
  const cipher = sodiumBoxCipher(loaded());
  const length = 5_000_000;
  let memoryAfterFirst = 0;
  for (let i = 0; i < 5; i++) {
    const boxed = cipher.seal(key, nonce, length, (plaintext) => plaintext.fill(i));
    const opened = cipher.open(key, nonce, boxed, (plaintext) => plaintext);
    expect([opened?.length, opened?.[0], opened?.[length - 1]]).toEqual([length, i, i]);
    memoryAfterFirst ||= loaded().HEAPU8.length;
  }
  expect(loaded().HEAPU8.length).toBe(memoryAfterFirst);
});
