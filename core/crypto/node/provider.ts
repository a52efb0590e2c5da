import type { Provider } from "../primitives.ts";
import { workingPrimitives } from "../self-test.ts";
import { nodeBuffer, nodeCrypto } from "./builtin.ts";
import { nodePrimitives } from "./primitives.ts";

/** `node:crypto` (OpenSSL in Node, its own in Deno); in a browser it offers nothing. */
export const node: Provider = {
  name: "node",
  primitives:
    nodeCrypto === undefined || nodeBuffer === undefined
      ? {}
      : workingPrimitives(nodePrimitives(nodeCrypto, nodeBuffer)),
};
