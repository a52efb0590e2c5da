import { noble } from "./noble/provider.ts";
import { node } from "./node/provider.ts";
import type { Primitives, Provider } from "./primitives.ts";
import { simd } from "./simd/provider.ts";
import { sodium } from "./sodium/provider.ts";

/** All providers with what each offers on this runtime, the fastest first. For tests and benchmarks. */
export const providers: readonly Provider[] = [sodium, node, simd, noble];

/** One provider's implementation of a primitive. */
export interface Offer<Primitive> {
  readonly provider: string;
  readonly implementation: Primitive;
}

/** All implementations of a primitive that this runtime has, the fastest first. */
export function offersOf<Name extends keyof Primitives>(name: Name): readonly Offer<Primitives[Name]>[] {
  return providers.flatMap(({ name: provider, primitives }) => {
    const implementation: Partial<Primitives>[Name] = primitives[name];
    return implementation === undefined ? [] : [{ provider, implementation }];
  });
}
