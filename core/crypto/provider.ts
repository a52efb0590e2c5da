import { node } from "./node/provider.ts";
import type { Primitives } from "./primitives.ts";
import { simd } from "./simd/provider.ts";

/**
 * For each primitive the fastest implementation that this runtime has, chosen once at load. libsodium and
 * noble take their time to load (20 and 65 ms in Node), so they are loaded only where something is missing.
 */
export const primitives: Primitives = await choose();

async function choose(): Promise<Primitives> {
  const fastest: Partial<Primitives> = { ...simd.primitives, ...node.primitives };
  if (isComplete(fastest)) return fastest;
  const { sodium } = await import("./sodium/provider.ts");
  const { noble } = await import("./noble/provider.ts");
  return { ...noble.primitives, ...sodium.primitives, ...fastest };
}

function isComplete(some: Partial<Primitives>): some is Primitives {
  const names: { readonly [Name in keyof Primitives]: true } = {
    sha256: true,
    sha512: true,
    sha3_256: true,
    sha3_384: true,
    hkdfSha512: true,
    x25519: true,
    x448: true,
    ed25519: true,
    ed448: true,
    xsalsa20Poly1305: true,
    aes256Gcm: true,
  };
  return Object.keys(names).every((name) => Object.hasOwn(some, name));
}
