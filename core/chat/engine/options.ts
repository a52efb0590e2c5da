import type { Agent } from "../../agent/api.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Random } from "../../crypto/random.ts";
import type { Store } from "../../store/store.ts";
import type { NetworkSettings } from "../api.ts";
import type { ZstdCompress } from "../protocol/zstd.ts";

/** What the chat is built on; the program that opens it brings these together. */
export interface ChatOptions {
  /** The agent, not started yet; it keeps its state in the same store. */
  readonly agent: Agent;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Compresses messages that don't fit otherwise. */
  readonly zstd: ZstdCompress;
  readonly storage: StorageControl;
  readonly network: NetworkControl;
}

/** What can be done with the files that hold the store. Each may throw a StoreError. */
export interface StorageControl {
  sizeBytes(): number;
  /** Whether a passphrase of the user's protects the data. */
  hasPassphrase(): boolean;
  /** Whether this is the passphrase. */
  isPassphrase(passphrase: string): boolean;
  /** Encrypts the data under another passphrase; undefined for none. */
  setPassphrase(passphrase: string | undefined): void;
  /** Writes a backup to a new file; its size in bytes. */
  backup(path: string, passphrase: string): number;
  /** Closes the store, after the agent has stopped. */
  close(): void;
}

/** What can be done with the network besides the agent's own work. */
export interface NetworkControl {
  /** Connects to a relay, does the handshake and disconnects. Rejects with an AgentError. */
  probe(address: string): Promise<{ readonly tookMs: number; readonly version: number }>;
  /** Uses other settings from now on: connections made by those before are made anew. */
  apply(settings: NetworkSettings): void;
  /** Tries all relays that are down, now. */
  reconnect(): void;
}
