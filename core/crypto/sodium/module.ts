/**
 * The functions of libsodium that we use, as the package `sodium-native` gives them: results go into the first
 * arguments. They check lengths, and throw for a point of low order.
 */
export interface SodiumModule {
  crypto_secretbox_easy(box: Uint8Array, message: Uint8Array, nonce: Uint8Array, key: Uint8Array): void;
  crypto_secretbox_open_easy(
    message: Uint8Array,
    box: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): boolean;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  crypto_scalarmult(secret: Uint8Array, privateKey: Uint8Array, publicKey: Uint8Array): void;
  crypto_scalarmult_base(publicKey: Uint8Array, privateKey: Uint8Array): void;
}

const functions: readonly (keyof SodiumModule)[] = [
  "crypto_secretbox_easy",
  "crypto_secretbox_open_easy",
  "crypto_sign_seed_keypair",
  "crypto_sign_detached",
  "crypto_sign_verify_detached",
  "crypto_scalarmult",
  "crypto_scalarmult_base",
];

/**
 * Native libsodium, in Node only: Deno would ask for the right to call native code, which the relay is not to have.
 * Undefined there, in a browser, and where the package is not installed or not built for this machine.
 */
export function loadSodium(): SodiumModule | undefined {
  if ("Deno" in globalThis) return undefined;
  const process = globalThis.process as typeof globalThis.process | undefined;
  const modules = process?.getBuiltinModule?.("node:module");
  try {
    const module: unknown = modules?.createRequire(import.meta.url)("sodium-native");
    return isSodiumModule(module) ? module : undefined;
  } catch {
    return undefined;
  }
}

function isSodiumModule(module: unknown): module is SodiumModule {
  if (typeof module !== "object" || module === null) return false;
  return functions.every((name) => typeof Reflect.get(module, name) === "function");
}
