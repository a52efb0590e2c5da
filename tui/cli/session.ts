import { ChatError } from "../../core/chat/api.ts";
import { storeState } from "../../core/store/sqlite/open.ts";
import type { Folders } from "../open/folders.ts";
import { withHiddenTyping } from "../open/hidden-typing.ts";
import type { OpenProfile } from "../open/open-profile.ts";
import { canAsk } from "../open/passphrases.ts";
import type { Call } from "./command.ts";

/** How often a person may mistype the passphrase. */
const triesMax = 3;

/** The profile of one command, opened when it is first asked for. */
export interface Session extends Pick<Call, "open" | "openOrCreate"> {
  close(): Promise<void>;
}

export interface SessionOptions extends Pick<Call, "folders" | "passphrases"> {
  readonly onDefect: (error: unknown) => void;
  /** Tells a person at the terminal that a passphrase was wrong. */
  readonly tellWrong: (text: string) => void;
}

export function session(options: SessionOptions): Session {
  const { folders } = options;
  let opened: Promise<OpenProfile> | undefined;
  const openOrCreate = (given?: string): Promise<OpenProfile> => {
    opened ??= openWith(options, given);
    return opened;
  };
  return {
    openOrCreate,
    async open() {
      if (stateOf(folders) === "none") throw noProfile(folders);
      const profile = await openOrCreate();
      if ((await profile.chat.profile.get()) === null) throw noProfile(folders);
      return profile;
    },
    async close() {
      // When opening has failed there is nothing to close, and the reason is told already.
      const profile = await opened?.catch(() => undefined);
      await profile?.close();
    },
  };
}

async function openWith(
  { folders, passphrases, onDefect, tellWrong }: SessionOptions,
  given: string | undefined,
): Promise<OpenProfile> {
  const needed = given === undefined && stateOf(folders) === "passphrase";
  const { openProfile } = await import("../open/open-profile.ts");
  if (!needed) return openProfile({ folders, passphrase: given, onDefect });
  return withHiddenTyping(async () => {
    for (let tries = 1; ; tries++) {
      const passphrase = await passphrases.current("Passphrase");
      try {
        return openProfile({ folders, passphrase, onDefect });
      } catch (error) {
        const again = !passphrases.isGiven() && canAsk() && tries < triesMax;
        if (!(again && error instanceof ChatError && error.code === "wrongPassphrase")) throw error;
        tellWrong("This is not the passphrase. Try again.");
      }
    }
  });
}

function stateOf(folders: Folders): ReturnType<typeof storeState> {
  return storeState(folders.store);
}

function noProfile({ profile }: Folders): ChatError {
  return new ChatError(
    "noProfile",
    `There is no profile "${profile}" yet: run sotto, or sotto profile create <name>.`,
  );
}
