import type { VectorChecks } from "./vectors.ts";

/** Values that no check depends on, as `op: input.path` or `op: output.path`, and why none does. */
export type Unchecked = Readonly<Record<string, string>>;

/** A vector file: how many vectors it has to hold, and how to load its checks. */
export interface VectorFile {
  readonly name: string;
  readonly count: number;
  load(): Promise<{ readonly checks: VectorChecks; readonly unchecked?: Unchecked }>;
}

/** The vector files we check ourselves against. */
export const vectorFiles: readonly VectorFile[] = [
  { name: "encoding", count: 344, load: () => import("./encoding.check.ts") },
  { name: "crypto", count: 150, load: () => import("./crypto.check.ts") },
  { name: "sntrup761", count: 50, load: () => import("./sntrup761.check.ts") },
  { name: "smp-commands", count: 269, load: () => import("./smp-commands.check.ts") },
  { name: "agent", count: 259, load: () => import("./agent.check.ts") },
  { name: "chat", count: 120, load: () => import("./chat.check.ts") },
  { name: "ratchet", count: 64, load: () => import("./ratchet.check.ts") },
  { name: "smp-transmissions", count: 166, load: () => import("./smp-transmissions.check.ts") },
  { name: "layers", count: 2, load: () => import("./layers.check.ts") },
];
