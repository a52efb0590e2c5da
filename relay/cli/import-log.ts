import { existsSync } from "node:fs";
import { linesOf } from "../import/lines.ts";
import { importStoreLog } from "../import/store-log.ts";
import { SettingError } from "../settings/settings.ts";
import { openStore } from "../store/open.ts";
import type { CommandInput } from "./cli.ts";

/** `import-log FILE`: takes over the queues in a store log of the reference server. */
export async function importLog({ runtime, settings, words }: CommandInput): Promise<void> {
  const [path, ...more] = words;
  if (path === undefined || more.length > 0) throw new SettingError("cannot import: give one file");
  if (!existsSync(path)) throw new SettingError(`cannot import: ${path} is missing`);
  const { store, peers } = await openStore(runtime, settings);
  const { applied, skipped, firstSkipped } = await importStoreLog(store, linesOf(path));
  const { queues } = await store.counts();
  await peers?.close();
  await store.close();
  runtime.print(`${applied} lines taken over, ${queues} queues stored`);
  if (skipped === 0) return;
  const others = skipped > firstSkipped.length ? " ..." : "";
  runtime.print(`${skipped} lines skipped: ${firstSkipped.join(" ")}${others}`);
}
