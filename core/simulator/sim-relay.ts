import type { RelayIdentity } from "../../relay/identity/identity.ts";
import { startMaintenance } from "../../relay/maintenance.ts";
import { Forwarding } from "../../relay/proxy/forwarding.ts";
import { Relay } from "../../relay/relay.ts";
import { limitDefaults } from "../../relay/settings/limits.ts";
import type { Cancel } from "../clock/clock.ts";
import { formatRelayAddress, type RelayAddress } from "../smp/address.ts";
import { parseHost } from "../smp/host.ts";
import type { Transport } from "../transport/transport.ts";
import type { Dice } from "./dice.ts";
import { describeError } from "./journal.ts";
import { MachineClock, type Wall } from "./machine-clock.ts";
import { WatchedStore } from "./watched-store.ts";
import type { World } from "./world.ts";

/**
 * up: as it should be; down: connections are refused, and the process is gone; dark: nothing reaches it, and
 * nothing says so.
 */
export type RelayState = "up" | "down" | "dark";

/** A relay of the simulated network: the real one, on a store that outlives it. */
export class SimRelay {
  readonly name: string;
  readonly address: RelayAddress;
  readonly addressText: string;
  readonly store: WatchedStore;
  readonly wall: Wall = { offsetMs: 0 };
  state: RelayState = "up";
  readonly #world: World;
  readonly #dice: Dice;
  readonly #identity: RelayIdentity;
  readonly #queueQuota: number;
  #instance: { readonly relay: Relay; readonly clock: MachineClock; readonly stop: Cancel };

  constructor(world: World, name: string, identity: RelayIdentity, dice: Dice, queueQuota: number) {
    this.#world = world;
    this.#dice = dice;
    this.#identity = identity;
    this.#queueQuota = queueQuota;
    this.name = name;
    this.address = {
      scheme: "smp",
      hosts: [parseHost(`${name}.test`)],
      port: "",
      keyHash: identity.keyHash,
    };
    this.addressText = formatRelayAddress(this.address);
    this.store = new WatchedStore(world, name);
    this.#instance = this.#begin();
  }

  /** Ends the process without warning, and begins a new one on the same store. */
  restart(): void {
    this.#world.journal.note(this.name, "restarts");
    this.#end();
    this.#instance = this.#begin();
  }

  /** Goes down, goes dark, or comes back. */
  become(state: RelayState): void {
    if (state === this.state) return;
    this.#world.journal.note(this.name, `is ${state}`);
    const before = this.state;
    this.state = state;
    if (state === "down") this.#end();
    if (before === "down") this.#instance = this.#begin();
    this.#world.network.darken(this);
  }

  accept(transport: Transport): void {
    void this.#instance.relay.accept(transport, "192.0.2.1");
  }

  #begin() {
    const { base, network, journal } = this.#world;
    const clock = new MachineClock(base, this.wall);
    const random = this.#dice.bytes;
    let running = true;
    const relay = new Relay({
      identity: this.#identity,
      store: this.store,
      clock,
      random,
      newQueues: true,
      password: undefined,
      report: (error) => {
        if (running) journal.problem(this.name, `reports ${describeError(error)}`);
      },
      limits: { ...limitDefaults, queueQuota: this.#queueQuota },
      proxy: new Forwarding({
        clock,
        random,
        connect: network.connectFrom(this),
        connectionsMax: 16,
        connectionsPerAddressMax: 0,
      }),
    });
    const stopMaintenance = startMaintenance(relay);
    return {
      relay,
      clock,
      stop: () => {
        running = false;
        stopMaintenance();
        clock.stop();
      },
    };
  }

  #end(): void {
    this.#instance.stop();
    this.#world.network.cut(this);
  }
}
