import { join } from "node:path";
import { loadIdentityFiles } from "../../../relay/identity/folder.ts";
import { readIdentity } from "../../../relay/identity/identity.ts";
import { Relay } from "../../../relay/relay.ts";
import { limitDefaults } from "../../../relay/settings/limits.ts";
import { openSqliteStore } from "../../../relay/store/sqlite/open.ts";
import { type Clock, delay } from "../../clock/clock.ts";
import { systemClock } from "../../clock/system.ts";
import { systemRandom } from "../../crypto/random.ts";
import { formatRelayAddress } from "../../smp/address.ts";
import { parseHost } from "../../smp/host.ts";
import type { Connect } from "../../transport/doors.ts";
import { TransportError } from "../../transport/errors.ts";
import { type MemoryLink, memoryLink } from "../../transport/memory.ts";
import type { Surroundings } from "../people.ts";

/** When stores were kept; each test of them goes on from then, as relays don't keep messages for ever. */
export const keptMs = Date.UTC(2026, 0, 15);

/** The host of the relay. */
export const host = "relay.example";

const pollMs = 5;

/** A relay over a folder on the disk, in this process, from the moment on when stores were kept. */
export class Town implements Surroundings {
  readonly clock: Clock;
  readonly defects: unknown[] = [];
  /** The address of the relay. */
  readonly text: string;
  /** Nobody can connect while it is down. */
  up = true;
  readonly #relay: Relay;
  readonly #links = new Set<MemoryLink>();

  /** @param folder has the identity of the relay, and its store if there is one */
  constructor(folder: string) {
    const startMs = systemClock.monotonicMs();
    this.clock = { ...systemClock, nowMs: () => keptMs + systemClock.monotonicMs() - startMs };
    const identity = readIdentity(loadIdentityFiles(folder), keptMs);
    this.text = formatRelayAddress({
      scheme: "smp",
      hosts: [parseHost(host)],
      port: "",
      keyHash: identity.keyHash,
    });
    this.#relay = new Relay({
      identity,
      store: openSqliteStore(join(folder, "relay.db")),
      clock: this.clock,
      random: systemRandom,
      newQueues: true,
      password: undefined,
      report: (error) => this.defects.push(error),
      limits: limitDefaults,
    });
  }

  readonly connect: Connect = ({ hosts }) => {
    if (!this.up || hosts[0]?.name !== host)
      return Promise.reject(new TransportError("network", "cannot connect: relay is not there"));
    const link = memoryLink({ clock: this.clock, sessionId: systemRandom(32) });
    this.#links.add(link);
    void this.#relay.accept(link.server, "192.0.2.1");
    return Promise.resolve(link.client);
  };

  /** Takes the relay out of reach. */
  takeDown(): void {
    this.up = false;
    for (const link of this.#links) link.cut();
    this.#links.clear();
  }

  /** Waits until `holds`, which is looked at again and again. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) {
      if (this.defects.length > 0) throw this.defects[0];
      await delay(this.clock, pollMs);
    }
  }

  async close(): Promise<void> {
    await this.#relay.stop();
    await this.#relay.store.close();
  }
}
