import type { Relay } from "../relay.ts";
import type { DoorName, RelaySettings } from "../settings/settings.ts";
import type { PageInfo } from "./page.ts";

/** What a door needs to be opened. */
export interface DoorOptions {
  readonly relay: Relay;
  readonly settings: RelaySettings;
  readonly page: PageInfo;
}

/** A door that listens. */
export interface OpenDoor {
  readonly name: DoorName;
  readonly port: number;
  /**
   * Shows the certificate that there is by now, of the relay or in the door's own files, to those who connect from now
   * on; only doors that have one. @throws SettingError when it cannot be used: then the door keeps the one it has
   */
  refresh?(): void;
  /** Stops listening. */
  close(): Promise<void>;
}
