import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import type { Host } from "../app/host.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import { copySequence, notifySequence, titleSequence } from "./sequences.ts";

/** Numbered names tried before a picture is refused. */
const picturesMax = 1000;
/** Larger pictures are not read. */
const pictureBytesMax = 64 * 1024 * 1024;

const keepAliveMs = 2 ** 30;

export interface TerminalControl {
  /** Gives the terminal to `run` and takes it back. */
  withTerminal(run: () => void | Promise<void>): Promise<void>;
  exit(): void;
}

/** The host of a real terminal. `control` is there once Ink runs. */
export function terminalHost(
  settings: SettingsFile,
  control: () => TerminalControl,
  startRelay: (() => Promise<string>) | undefined,
): Host {
  const tmux = process.env["TMUX"] !== undefined;
  const write = (sequence: string) => {
    if (sequence !== "") process.stdout.write(sequence);
  };
  return {
    nowMs: () => Date.now(),
    at: (timeMs, callback) => {
      setTimeout(callback, Math.max(0, timeMs - Date.now())).unref();
    },
    copy: (text) => write(copySequence(text, tmux)),
    notify: (title, body) => write(notifySequence(settings.settings.notify, title, body, tmux)),
    windowTitle: (title) => write(titleSequence(title)),
    edit: (text) => editText(text, (run) => control().withTerminal(run)),
    suspend: () => suspend((run) => control().withTerminal(run)),
    fullPath,
    savePicture: async (name, bytes) => savePicture(name, bytes),
    readQrFile,
    ...(startRelay !== undefined && { startRelay }),
    exit: () => control().exit(),
  };
}

async function editText(text: string, withTerminal: TerminalControl["withTerminal"]): Promise<string> {
  const editor = process.env["VISUAL"] || process.env["EDITOR"] || "vi";
  // Only this user can look into the folder.
  const folder = mkdtempSync(join(tmpdir(), "sotto-"));
  const path = join(folder, "message.txt");
  try {
    writeFileSync(path, text, { mode: 0o600 });
    let failure: Error | undefined;
    await withTerminal(async () => {
      failure = await runEditor(editor, path);
    });
    if (failure !== undefined) throw failure;
    return readFileSync(path, "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runEditor(editor: string, path: string): Promise<Error | undefined> {
  return new Promise((resolve) => {
    // $EDITOR may hold arguments ("code --wait"), as a shell takes them; the path is given apart from it.
    const child = spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", path], { stdio: "inherit" });
    child.on("error", () => resolve(new Error(`The editor "${editor}" could not be started: set $EDITOR.`)));
    child.on("exit", (code) =>
      resolve(
        code === 0 ? undefined : new Error(`The editor "${editor}" failed; what was typed before is kept.`),
      ),
    );
  });
}

function suspend(withTerminal: TerminalControl["withTerminal"]): Promise<void> {
  return withTerminal(
    () =>
      new Promise((resolve) => {
        // Waiting for a signal alone does not keep Node running.
        const alive = setInterval(() => undefined, keepAliveMs);
        process.once("SIGCONT", () => {
          clearInterval(alive);
          resolve();
        });
        // The whole group, as the terminal itself would: npm, which may have started this, stops too.
        process.kill(0, "SIGSTOP");
      }),
  );
}

function savePicture(name: string, bytes: Uint8Array): string {
  const downloads = process.env["XDG_DOWNLOAD_DIR"] ?? join(homedir(), "Downloads");
  const folder = existsSync(downloads) ? downloads : homedir();
  const dot = name.lastIndexOf(".");
  for (let number = 1; number <= picturesMax; number++) {
    const path = join(folder, number === 1 ? name : `${name.slice(0, dot)}-${number}${name.slice(dot)}`);
    try {
      writeFileSync(path, bytes, { flag: "wx", mode: 0o600 });
      return path;
    } catch (error) {
      if (errorCode(error) !== "EEXIST")
        throw new Error(`The picture can't be written to ${folder}: ${reason(error)}.`);
    }
  }
  throw new Error(`There are too many pictures in ${folder} already.`);
}

function fullPath(typed: string): string {
  return resolve(typed.startsWith("~/") ? join(homedir(), typed.slice(2)) : typed);
}

async function readQrFile(typed: string): Promise<string> {
  const path = fullPath(typed);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Error(`The picture ${path} can't be read: ${reason(error)}.`);
  }
  if (bytes.length > pictureBytesMax) throw new Error("The picture is too large.");
  const { decodePng, readQr } = await import("../qr/read.ts");
  const pixels = picturePixels(decodePng, bytes);
  const text = readQr(pixels);
  if (text === undefined)
    throw new Error("No QR code is found in the picture: take one that shows it larger and straight.");
  return text.trim();
}

function picturePixels<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
  try {
    return decode(bytes);
  } catch {
    throw new Error("The picture can't be read: it has to be a PNG file.");
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function reason(error: unknown): string {
  switch (errorCode(error)) {
    case "ENOENT":
      return "there is no such file or folder";
    case "EACCES":
    case "EPERM":
      return "permission is denied";
    case "ENOSPC":
      return "the disk is full";
    case "EISDIR":
      return "it is a folder";
    default:
      return String(errorCode(error) ?? "it failed");
  }
}
