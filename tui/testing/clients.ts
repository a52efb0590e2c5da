import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { bundle } from "../../scripts/bundle.ts";
import { openPty, type Pty, type PtyOptions } from "./pty.ts";
import { removeData } from "./sotto-process.ts";

/** A client that was told to quit may take so long. */
const quitMs = 30_000;

/** The relay ends so soon after its last client. */
const relayIdle = "2s";

/** Real clients in pseudo-terminals, over data of their own, with the real relay that the first of them starts. */
export interface Clients {
  /** The folder of all their data. */
  readonly data: string;
  start(profile: string, args?: readonly string[], options?: PtyOptions): Pty;
  /** Goes through the first run with the relay on this machine, up to the invitation. */
  firstRun(pty: Pty, name: string): Promise<void>;
  quit(pty: Pty): Promise<void>;
  /** Quits all that are open. */
  quitAll(): Promise<void>;
  /** Ends everything and removes the data. */
  remove(): Promise<void>;
}

/** Builds the client. @param name tells the builds of tests that run at the same time apart */
export async function buildClients(name: string): Promise<Clients> {
  const folder = `dist/test-${name}-${process.pid}`;
  const program = fileURLToPath(new URL(`../../${folder}/sotto.js`, import.meta.url));
  await bundle("tui/main.ts", `${folder}/sotto.js`);
  const data = mkdtempSync(join(tmpdir(), "sotto-e2e-"));
  const open = new Set<Pty>();
  const quit = async (pty: Pty): Promise<void> => {
    open.delete(pty);
    pty.write("\x03");
    await Promise.race([pty.exited, new Promise((resolve) => setTimeout(resolve, quitMs).unref())]);
    await pty.close();
  };
  const quitAll = async () => {
    await Promise.all([...open].map(quit));
  };
  return {
    data,
    start: (profile, args = [], options = {}) => {
      const pty = openPty(process.execPath, [program, "--data", data, "--profile", profile, ...args], {
        ...options,
        env: { SOTTO_RELAY_STOP_WHEN_IDLE: relayIdle, ...options.env },
      });
      open.add(pty);
      return pty;
    },
    firstRun: async (pty, displayName) => {
      await pty.waitFor("Your name");
      pty.write(`\x15${displayName}`);
      await pty.waitFor(`Your name   ${displayName}`);
      pty.write("\x1b[B\x1b[B\x1b[B");
      await pty.waitFor("▌ start");
      pty.write("\r");
      await pty.waitFor("keep it waiting");
    },
    quit,
    quitAll,
    remove: async () => {
      await quitAll();
      await removeData(data);
      rmSync(fileURLToPath(new URL(`../../${folder}`, import.meta.url)), { recursive: true, force: true });
    },
  };
}
