import { describe, expect, it } from "vitest";
import { instanceCases } from "../testing/instance-cases.ts";
import { MemoryKv } from "../testing/memory-kv.ts";

describe("several instances on one Deno KV", () => {
  it.each(instanceCases)("%s", async (_case, run) => {
    const kv = new MemoryKv();
    expect(await run(() => kv)).toBeUndefined();
  });
});
