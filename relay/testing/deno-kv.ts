// Runs the cases of stores and of several instances on the real Deno KV: `deno run --unstable-kv`.
import { denoApi } from "../deno/api.ts";
import type { Kv } from "../store/kv/api.ts";
import { kvStore } from "../store/kv/kv-store.ts";
import { instanceCases } from "./instance-cases.ts";
import { storeCases } from "./store-cases.ts";

const openKv = denoApi()?.openKv;
if (openKv === undefined) throw new Error("this needs deno run --unstable-kv");

let passed = 0;
for (const [name, run] of storeCases) {
  const store = kvStore(await openKv(":memory:"));
  await named(name, () => run(store));
  await store.close();
}
for (const [name, run] of instanceCases) {
  const kv: Kv = await openKv(":memory:");
  await named(name, () => run(() => kv));
  kv.close();
}
console.log(`${passed} cases hold`);

async function named(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
    passed++;
  } catch (error) {
    throw new Error(`on Deno KV: ${name}`, { cause: error });
  }
}
