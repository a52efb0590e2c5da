import type { SigningAlgorithm } from "../core/crypto/keys.ts";
import type { DoorOptions, OpenDoor } from "./doors/door.ts";
import type { ForwardingProxy } from "./proxy/proxy.ts";
import type { DoorName, RelaySettings } from "./settings/settings.ts";
import type { Kv } from "./store/kv/api.ts";

/** What differs between the runtimes that a relay runs on. */
export interface Runtime {
  readonly name: "Node" | "Deno";
  /** How this relay is started, for the help. */
  readonly startCommand: string;
  /** Arguments of the command line. */
  readonly args: readonly string[];
  /** Variables of the environment, as far as the relay may read them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether files that the relay writes are there when it starts again. */
  readonly keepsFiles: boolean;
  readonly defaultDoors: readonly DoorName[];
  /** Whether the relay is a proxy when nothing is set; in Deno that needs more permissions. */
  readonly defaultProxy: boolean;
  /** Of a new identity: what this runtime's TLS can use. */
  readonly identityAlgorithm: SigningAlgorithm;
  /** Runs a callback after what is due now. */
  readonly defer: (callback: () => void) => void;
  /** Tells the operator of an error that is not a client's fault. */
  readonly report: (error: unknown) => void;
  print(text: string): void;
  printError(text: string): void;
  /** @throws SettingError when this runtime does not have the door */
  openDoor(name: DoorName, options: DoorOptions): Promise<OpenDoor>;
  openProxy(settings: RelaySettings): ForwardingProxy;
  /** @param path of a local file; the platform's own when undefined */
  openKv(path: string | undefined): Promise<Kv>;
  /** Calls back when the process is told to stop. */
  onStop(callback: () => void): void;
  /** Calls back when the process is told to read its identity and certificates again. */
  onReload(callback: () => void): void;
  exit(code: number): never;
}
