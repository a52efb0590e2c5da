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
