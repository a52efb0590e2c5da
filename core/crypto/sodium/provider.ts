import type { Provider } from "../primitives.ts";
import { workingPrimitives } from "../self-test.ts";
import { sodiumEd25519, sodiumX25519 } from "./curve25519.ts";
import { loadSodium } from "./module.ts";
import { sodiumBoxCipher } from "./xsalsa20-poly1305.ts";

const module = loadSodium();

/** Native libsodium: the cipher that `node:crypto` lacks, and curves that take half of OpenSSL's time. */
export const sodium: Provider = {
  name: "sodium",
  primitives:
    module === undefined
      ? {}
      : workingPrimitives({
          xsalsa20Poly1305: sodiumBoxCipher(module),
          x25519: sodiumX25519(module),
          ed25519: sodiumEd25519(module),
        }),
};
