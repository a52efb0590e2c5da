import type { Provider } from "../primitives.ts";
import { workingPrimitives } from "../self-test.ts";
import { loadSimd } from "./module.ts";
import { simdBoxCipher } from "./xsalsa20-poly1305.ts";

const module = loadSimd();

/** Our own WebAssembly with vectors, for the cipher that `node:crypto` lacks. */
export const simd: Provider = {
  name: "simd",
  primitives: module === undefined ? {} : workingPrimitives({ xsalsa20Poly1305: simdBoxCipher(module) }),
};
