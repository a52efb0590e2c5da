import type { PageRow } from "../page/page.ts";

/** A row to type a new passphrase again in, once one is typed: nobody sees what is typed, and nobody can restore it. */
export function againRow(passphrase: string | undefined): PageRow[] {
  return passphrase === undefined || passphrase === ""
    ? []
    : [
        {
          kind: "text",
          id: "again",
          label: "Once more",
          value: "",
          secret: true,
          hint: "the same passphrase",
        },
      ];
}

/** Throws when the two differ. */
export function checkAgain(passphrase: string, again: string): void {
  if (passphrase !== again)
    throw new Error("The two passphrases differ: type the same one twice. Nothing was set.");
}
