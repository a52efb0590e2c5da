import { expect, test } from "vitest";
import { agentRouting } from "./network-api.ts";

test("through a proxy every way is protected: nothing has to be routed for that, and falling back is allowed", () => {
  const protectedOnly = { privateRouting: "unprotected", privateRoutingFallback: "allowProtected" } as const;
  expect(agentRouting({ ...protectedOnly, socksProxy: null })).toEqual({
    routing: "unprotected",
    fallback: "allowProtected",
  });
  expect(agentRouting({ ...protectedOnly, socksProxy: "127.0.0.1:9050" })).toEqual({
    routing: "never",
    fallback: "allow",
  });
});

test("what does not depend on protection stays as it is set, with and without a proxy", () => {
  for (const socksProxy of [null, "127.0.0.1:9050"]) {
    expect(
      agentRouting({ privateRouting: "unknown", privateRoutingFallback: "prohibit", socksProxy }),
    ).toEqual({ routing: "unknownRelays", fallback: "prohibit" });
    expect(agentRouting({ privateRouting: "always", privateRoutingFallback: "allow", socksProxy })).toEqual({
      routing: "always",
      fallback: "allow",
    });
  }
});
