import type { PageScreen } from "../app/model.ts";
import type { Ui } from "../app/ui.ts";
import { byteSize } from "../history/summary.ts";
import { emptyPageState } from "../page/page.ts";
import { span } from "../style/line.ts";
import { againRow, checkAgain } from "./again.ts";

/** Everything into one encrypted file. */
export function backupPage(ui: Ui): PageScreen {
  return {
    kind: "page",
    name: "backup",
    state: emptyPageState,
    build: (_, { edits }) => ({
      title: "Backup",
      aside: "everything, in one encrypted file",
      form: true,
      rows: [
        { kind: "text", id: "path", label: "File", value: "", hint: "must not exist yet" },
        {
          kind: "text",
          id: "passphrase",
          label: "Passphrase",
          value: "",
          secret: true,
          hint: "for this file",
        },
        ...againRow(edits["passphrase"]?.text),
        { kind: "action", id: "write", label: "write the backup" },
        { kind: "note", line: [] },
        {
          kind: "note",
          line: [span("Restore it when this copy is gone, not beside it: two copies lose messages.", "dim")],
        },
      ],
    }),
    act: (id) => {
      const { screen } = ui.model;
      if (screen?.kind !== "page") return;
      const typed = (name: string) => screen.state.edits[name]?.text ?? "";
      const next = {
        path: "passphrase",
        passphrase: typed("passphrase") === "" ? "write" : "again",
        again: "write",
      };
      // Enter goes through the rows; the last one writes.
      if (id === "path" || id === "passphrase" || id === "again")
        return ui.show({ ...screen, state: { ...screen.state, focusId: next[id] } });
      if (typed("path").trim() === "") return ui.notice("Name the file to write first.", true);
      void ui.attempt(async () => {
        if (typed("passphrase") === "")
          throw new Error("A backup needs a passphrase: whoever finds the file could read it.");
        checkAgain(typed("passphrase"), typed("again"));
        const path = ui.host.fullPath(typed("path").trim());
        const { sizeBytes } = await ui.chat.storage.backup({
          path,
          passphrase: typed("passphrase"),
        });
        ui.closeScreen();
        ui.notice(`The backup is written: ${path}, ${byteSize(sizeBytes)}.`);
      });
    },
  };
}
