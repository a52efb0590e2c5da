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
  /** Shows the relay's new online certificate, where the door shows one. */
  refresh?(): void;
  /**
   * Reads the files of its own certificate again, where the door has one, and shows it to those who connect from now on.
   * @throws SettingError when it cannot be used: then the door keeps the one it has
   */
  readCertificate?(): void;
  /** Stops listening. */
  close(): Promise<void>;
}
