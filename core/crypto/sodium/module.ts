import sodium from "libsodium-wrappers";

/**
 * The WebAssembly module under the wrappers. The wrappers copy and allocate at each call; working in its
 * memory ourselves saves both.
 */
export interface SodiumModule {
  /** The memory; another object after it has grown. */
  readonly HEAPU8: Uint8Array;
  _malloc(length: number): number;
  _free(address: number): void;
  /** 64-bit lengths are two 32-bit arguments, the low one first. */
  _crypto_secretbox_easy: SecretboxCall;
  _crypto_secretbox_open_easy: SecretboxCall;
}

type SecretboxCall = (
  to: number,
  from: number,
  lengthLow: number,
  lengthHigh: number,
  nonce: number,
  key: number,
) => number;

/** Undefined where WebAssembly is not to be had, or the wrappers don't show their module. */
export async function loadSodium(): Promise<SodiumModule | undefined> {
  try {
    await sodium.ready;
  } catch {
    return undefined;
  }
  const module: unknown = Reflect.get(sodium, "libsodium");
  return isSodiumModule(module) ? module : undefined;
}

function isSodiumModule(module: unknown): module is SodiumModule {
  if (typeof module !== "object" || module === null) return false;
  const functions = ["_malloc", "_free", "_crypto_secretbox_easy", "_crypto_secretbox_open_easy"];
  return (
    Reflect.get(module, "HEAPU8") instanceof Uint8Array &&
    functions.every((name) => typeof Reflect.get(module, name) === "function")
  );
}
