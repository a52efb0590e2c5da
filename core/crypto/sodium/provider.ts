import type { Provider } from "../primitives.ts";
import { workingPrimitives } from "../self-test.ts";
import { loadSodium } from "./module.ts";
import { sodiumBoxCipher } from "./xsalsa20-poly1305.ts";

const module = await loadSodium();

/** libsodium in WebAssembly, for the cipher that `node:crypto` lacks. */
export const sodium: Provider = {
  name: "sodium",
  primitives: module === undefined ? {} : workingPrimitives({ xsalsa20Poly1305: sodiumBoxCipher(module) }),
};
