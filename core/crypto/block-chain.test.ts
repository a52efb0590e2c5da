import { expect, test } from "vitest";
import { initBlockChain, nextBlockKey } from "./block-chain.ts";
import { CryptoError } from "./errors.ts";
import { systemRandom } from "./random.ts";

const secret = systemRandom(32);
const sessionId = systemRandom(32);

test("both sides of a session derive the same keys, another session others", () => {
  const keys = initBlockChain(sessionId, secret);
  expect(initBlockChain(sessionId, secret)).toEqual(keys);
  expect(keys.serverToClient).not.toEqual(keys.clientToServer);
  expect(initBlockChain(systemRandom(32), secret).serverToClient).not.toEqual(keys.serverToClient);
});

test("no key, nonce or chain key comes twice in a chain", () => {
  const seen = new Set<string>();
  let { serverToClient: chainKey } = initBlockChain(sessionId, secret);
  for (let block = 0; block < 100; block++) {
    const { key, nonce, nextChainKey } = nextBlockKey(chainKey);
    expect([key.length, nonce.length, nextChainKey.length]).toEqual([32, 24, 32]);
    for (const bytes of [key, nonce, nextChainKey]) seen.add(String(bytes));
    chainKey = nextChainKey;
  }
  expect(seen.size).toBe(300);
});

test("secrets and chain keys of a wrong length are errors", () => {
  expect(() => initBlockChain(sessionId, new Uint8Array(56))).toThrow(CryptoError);
  expect(() => nextBlockKey(new Uint8Array(31))).toThrow("chain key is 31 bytes, not 32");
});
