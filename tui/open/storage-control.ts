import { statSync } from "node:fs";
import type { StorageControl } from "../../core/chat/chat.ts";
import { wipe } from "../../core/crypto/wipe.ts";
import { backUp } from "../../core/store/sqlite/backup.ts";
import { readKeyFile } from "../../core/store/sqlite/key-file.ts";
import { type OpenStore, storeFiles, storeState } from "../../core/store/sqlite/open.ts";
import { openKey } from "../../core/store/sqlite/passphrase.ts";

/** What the chat does with the files of its store. */
export function storageControl(open: OpenStore, folder: string): StorageControl {
  const { database, keys } = storeFiles(folder);
  return {
    sizeBytes: () => [database, `${database}-wal`].reduce((sum, path) => sum + sizeOf(path), 0),
    hasPassphrase: () => storeState(folder) === "passphrase",
    isPassphrase: (passphrase) =>
      (readKeyFile(keys)?.keys ?? []).some((kept) => {
        const key = kept.type === "sealed" ? openKey(kept.sealed, passphrase) : undefined;
        if (key !== undefined) wipe(key);
        return key !== undefined;
      }),
    setPassphrase: (passphrase) => open.changePassphrase(passphrase),
    backup(path, passphrase) {
      backUp(open, path, passphrase);
      return sizeOf(path);
    },
    close: () => open.close(),
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
