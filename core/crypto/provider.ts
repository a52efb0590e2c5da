import { noble } from "./noble/provider.ts";
import { node } from "./node/provider.ts";
import type { Primitives, Provider } from "./primitives.ts";
import { sodium } from "./sodium/provider.ts";

/** All providers with what each offers on this runtime, the fastest first. */
export const providers: readonly Provider[] = [node, sodium, noble];

/** For each primitive the fastest implementation that this runtime has, chosen once at load. */
export const primitives: Primitives = {
  ...noble.primitives,
  ...sodium.primitives,
  ...node.primitives,
};

/** One provider's implementation of a primitive. */
export interface Offer<Primitive> {
  readonly provider: string;
  readonly implementation: Primitive;
}

/** All implementations of a primitive that this runtime has, the fastest first: for tests and benchmarks. */
export function offersOf<Name extends keyof Primitives>(name: Name): readonly Offer<Primitives[Name]>[] {
  return providers.flatMap(({ name: provider, primitives }) => {
    const implementation: Partial<Primitives>[Name] = primitives[name];
    return implementation === undefined ? [] : [{ provider, implementation }];
  });
}
