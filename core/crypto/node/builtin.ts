/**
 * `node:crypto` and Buffer where the runtime has them (Node and Deno), without an import that a browser
 * or a bundler could not resolve.
 */
const process = globalThis.process as typeof globalThis.process | undefined;

export const nodeCrypto = process?.getBuiltinModule?.("node:crypto");
export const nodeBuffer = process?.getBuiltinModule?.("node:buffer")?.Buffer;

/** The type of `node:crypto`. */
export type NodeCrypto = NonNullable<typeof nodeCrypto>;
/** The type of Node's Buffer constructor. */
export type NodeBuffer = NonNullable<typeof nodeBuffer>;

/** The same memory as a plain Uint8Array: no Buffer leaves this folder. */
export function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
