import { assemble } from "./assembler.ts";
import { poly1305 } from "./poly1305.ts";
import { salsa20 } from "./salsa20.ts";

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Grows by so many pages of 64 KiB; `buffer` is another object then. */
  grow(pages: number): number;
}

/** The part of the runtime's WebAssembly that we use: no library of types for it fits all runtimes. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
  readonly Memory: new (limits: { readonly initial: number }) => WasmMemory;
};

/** Our WebAssembly functions, and the memory they work in. */
export interface SimdModule {
  readonly memory: WasmMemory;
  /** XORs the key stream, from block `counter` on, into memory from `pointer` to `end`. */
  salsa20(pointer: number, end: number, counter: number): void;
  /** Puts the tag of the bytes from `pointer` to `end` at `polyTagAt`. */
  poly1305(pointer: number, fullEnd: number, end: number): void;
}

/** Memory to start with: two pages of 64 KiB hold a transport block with room to spare. */
const pages = 2;

/** Undefined where there is no WebAssembly with 128-bit vectors. */
export function loadSimd(): SimdModule | undefined {
  try {
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(assemble(pages, [salsa20, poly1305])),
    );
    return isSimdModule(exports) ? exports : undefined;
  } catch {
    return undefined;
  }
}

/** The exports of a new instance of a module. @throws Error when this runtime can't run it */
export function instantiate(module: Uint8Array<ArrayBuffer>): object {
  return new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
}

function isSimdModule(exports: object): exports is SimdModule {
  return (
    Reflect.get(exports, "memory") instanceof WebAssembly.Memory &&
    [salsa20, poly1305].every(({ name }) => typeof Reflect.get(exports, name) === "function")
  );
}
