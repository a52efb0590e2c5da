import { MemoryStore } from "./memory.ts";
import { describeStore } from "./store.conformance.ts";

describeStore("MemoryStore", () => new MemoryStore());
