import { fileURLToPath } from "node:url";
import type { ScryptCost } from "../../store/sqlite/passphrase.ts";

export const adaPassphrase = "correct horse battery staple";
export const backupPassphrase = "another passphrase";

/** The stores that are kept hold no secrets: tests open them quickly. */
export const quickScrypt: ScryptCost = { N: 2 ** 10, r: 8, p: 1 };

/** The folder with a folder for each version. */
export const keptFolder = fileURLToPath(new URL(".", import.meta.url));
