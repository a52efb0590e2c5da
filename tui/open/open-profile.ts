import { createAgent } from "../../core/agent/agent.ts";
import { smpNetwork } from "../../core/agent/network/smp-network.ts";
import type { Chat } from "../../core/chat/api.ts";
import { openChat } from "../../core/chat/chat.ts";
import { toChatError } from "../../core/chat/engine/errors.ts";
import { zstdCompress } from "../../core/chat/node/zstd.ts";
import { delay } from "../../core/clock/clock.ts";
import { systemClock } from "../../core/clock/system.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { type OpenStore, openStore } from "../../core/store/sqlite/open.ts";
import type { Folders } from "./folders.ts";
import { LocalRelay } from "./local-relay/local-relay.ts";
import { reach } from "./network-control.ts";
import { storageControl } from "./storage-control.ts";

/** How often it is looked whether something is left to be done, in milliseconds. */
const pollMs = 20;

/** A profile with its store open and its agent at work. */
export interface OpenProfile {
  readonly chat: Chat;
  readonly localRelay: LocalRelay;
  /** Resolves when the relay on this machine answers, if the profile uses it. @throws ChatError relayUnreachable */
  relayReady(): Promise<void>;
  /** Resolves when nothing is left to be done at relays, with true, or when the time is over, with false. */
  finished(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface ProfileOptions {
  readonly folders: Folders;
  readonly passphrase?: string | undefined;
  /** Gets errors that are defects of this program. */
  readonly onDefect: (error: unknown) => void;
}

/**
 * Opens the store of a profile, or creates it, and starts all that works on it.
 * @throws ChatError wrongPassphrase, locked, noPermission, diskFull, badFile
 */
export function openProfile({ folders, passphrase, onDefect }: ProfileOptions): OpenProfile {
  const [clock, random] = [systemClock, systemRandom];
  const open = openStoreOf(folders, passphrase);
  try {
    const { connect, control } = reach(clock, random, () => agent);
    const agent = createAgent({
      store: open.store,
      clock,
      random,
      network: smpNetwork(connect, { clock, random }),
      defer: setImmediate,
      onDefect,
    });
    if (open.stale !== undefined) {
      open.store.transaction((transaction) => {
        agent.renewRatchets(transaction);
        open.markFresh(transaction);
      });
    }
    const storage = storageControl(open, folders.store);
    const chat = openChat({
      agent,
      store: open.store,
      clock,
      random,
      zstd: zstdCompress,
      storage,
      network: control,
    });
    const localRelay = new LocalRelay({
      folder: folders.relay,
      connect,
      clock,
      random,
      onAnswer: () => control.reconnect(),
    });
    const ready = startIfUsed(chat, localRelay);
    // Whoever does not wait for it learns of it by the state of the relay.
    ready.catch(() => undefined);
    return {
      chat,
      localRelay,
      relayReady: () => ready,
      async finished(timeoutMs) {
        const endMs = clock.monotonicMs() + timeoutMs;
        while (agent.unfinished() > 0) {
          if (clock.monotonicMs() >= endMs) return false;
          await delay(clock, pollMs);
        }
        return true;
      },
      async close() {
        await chat.close();
        localRelay.release();
      },
    };
  } catch (error) {
    open.close();
    throw toChatError(error);
  }
}

function openStoreOf({ store: folder, witness }: Folders, passphrase: string | undefined): OpenStore {
  try {
    return openStore({
      folder,
      witnessFolder: witness,
      ...(passphrase === undefined || passphrase === "" ? {} : { passphrase }),
    });
  } catch (error) {
    throw toChatError(error);
  }
}

async function startIfUsed(chat: Chat, localRelay: LocalRelay): Promise<void> {
  const relays = await chat.relay.list();
  if (relays.some(({ origin, enabled }) => origin === "local" && enabled)) await localRelay.start();
}
