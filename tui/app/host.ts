/** What the client needs from the machine and the terminal it runs in; `terminal-host.ts` is the real one. */
export interface Host {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Runs `callback` at about that time; for the change of the day. */
  at(timeMs: number, callback: () => void): void;
  /** Puts text on the user's clipboard through the terminal. */
  copy(text: string): void;
  /** Tells the user outside the window; how is a setting. */
  notify(title: string, body: string): void;
  windowTitle(title: string): void;
  /** Opens the user's editor with `text`; gives what was saved. @throws Error in words for people */
  edit(text: string): Promise<string>;
  /** Stops the process until the shell brings it back (Ctrl-Z, fg). */
  suspend(): Promise<void>;
  /** A path that was typed, from the root: "~/" is the home folder, and a name alone stands in the present folder. */
  fullPath(typed: string): string;
  /** Writes a picture into the user's folder for downloads, or home; gives its path. @throws Error in words for people */
  savePicture(name: string, bytes: Uint8Array): Promise<string>;
  /** The text of the QR code in a picture file. @throws Error in words for people */
  readQrFile(path: string): Promise<string>;
  /** Starts a relay on this machine and gives its address, or undefined where that can't be done. */
  readonly startRelay?: () => Promise<string>;
  /** Ends the client; the terminal is put back as it was. */
  exit(): void;
}
