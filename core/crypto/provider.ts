import { node } from "./node/provider.ts";
import type { Primitives } from "./primitives.ts";
import { sodium } from "./sodium/provider.ts";

/**
 * For each primitive the fastest implementation that this runtime has, chosen once at load: native libsodium in Node
 * for what it has, else `node:crypto`, else our own WebAssembly, else noble. The last two take time and memory to
 * load, so that is done only where something is missing.
 */
export const primitives: Primitives = await choose();

async function choose(): Promise<Primitives> {
  const native: Partial<Primitives> = { ...node.primitives, ...sodium.primitives };
  if (isComplete(native)) return native;
  const { simd } = await import("./simd/provider.ts");
  const withOurs: Partial<Primitives> = { ...simd.primitives, ...native };
  if (isComplete(withOurs)) return withOurs;
  const { noble } = await import("./noble/provider.ts");
  return { ...noble.primitives, ...withOurs };
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
