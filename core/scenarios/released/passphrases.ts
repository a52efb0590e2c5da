import type { ScryptCost } from "../../store/sqlite/passphrase.ts";

export const adaPassphrase = "correct horse battery staple";
export const backupPassphrase = "another passphrase";

/** The stores that are kept hold no secrets: tests open them quickly. */
export const quickScrypt: ScryptCost = { N: 2 ** 10, r: 8, p: 1 };
