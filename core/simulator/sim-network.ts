import { delay } from "../clock/clock.ts";
import type { Connect } from "../transport/doors.ts";
import { TransportError } from "../transport/errors.ts";
import { type MemoryLink, memoryLink } from "../transport/memory.ts";
import type { Dice } from "./dice.ts";
import { showsPlaintext } from "./secrets.ts";
import type { SimRelay } from "./sim-relay.ts";
import type { World } from "./world.ts";

/** Who makes connections: an agent's process, or a relay as a proxy. */
export interface Caller {
  readonly name: string;
  /** A process that has ended sends nothing more. */
  readonly running?: boolean;
  /** Whether its machine is connected to the network. */
  readonly online?: boolean;
  /** It can't use the WebSocket door. */
  readonly tlsOnly?: boolean;
  /** Called for each block that it sends or receives: a moment at which it may crash. */
  moment?(): boolean;
}

interface SimLink {
  readonly link: MemoryLink;
  readonly caller: Caller;
  readonly relay: SimRelay;
  /** Held back for a while because one side is slow. */
  stalled: boolean;
}

/** Milliseconds after which a connection attempt that nobody answers fails. */
const connectTimeoutMs = 10_000;

const never = new Promise<never>(() => undefined);

/** How slow the network is, in milliseconds. */
export interface Delays {
  readonly baseMs: number;
  readonly jitterMs: number;
}

/** The connections between agents and relays, and what goes wrong with them. */
export class SimNetwork {
  delays: Delays = { baseMs: 1, jitterMs: 0 };
  /** How often a connection can't be made. */
  connectFailure = 0;
  readonly #world: World;
  readonly #dice: Dice;
  readonly #links = new Set<SimLink>();

  constructor(world: World, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
  }

  /** How `caller` reaches relays. */
  connectFrom(caller: Caller): Connect {
    return async ({ hosts }) => {
      const { base, relays } = this.#world;
      const relay = relays.find(({ address }) => address.hosts[0]?.name === hosts[0]?.name);
      await delay(base, this.#latency());
      if (caller.running === false) return never;
      if (relay?.state === "dark") {
        await delay(base, connectTimeoutMs);
        throw new TransportError("timeout", "cannot connect: nobody answers");
      }
      const fails = this.#dice.chance(this.connectFailure);
      if (relay === undefined || relay.state === "down" || caller.online === false || fails)
        throw new TransportError("network", "cannot connect: relay can't be reached");
      const link = this.#link(caller);
      this.#links.add({ link, caller, relay, stalled: false });
      relay.accept(link.server);
      return link.client;
    };
  }

  #link(caller: Caller): MemoryLink {
    return memoryLink({
      clock: this.#world.base,
      sessionId: this.#dice.bytes(32),
      door: caller.tlsOnly !== true && this.#dice.chance(0.3) ? "websocket" : "tls",
      latencyMs: () => this.#latency(),
      intercept: (block, direction) => {
        if (showsPlaintext(block)) this.#world.journal.problem(caller.name, "sends or gets plaintext");
        if (direction === "to-server" && (caller.running === false || caller.moment?.() === true))
          return undefined;
        return block;
      },
    });
  }

  #latency(): number {
    const { baseMs, jitterMs } = this.delays;
    return baseMs + (jitterMs === 0 ? 0 : this.#dice.duration(jitterMs));
  }

  /** Breaks connections of a relay, or of a caller, or between both; what is under way is lost. */
  cut(relay: SimRelay | undefined, caller?: Caller): void {
    for (const one of this.#between(relay, caller)) {
      one.link.cut();
      this.#links.delete(one);
    }
    // Connections that a relay has made as a proxy are its own, too.
    if (relay !== undefined && caller === undefined) this.cut(undefined, relay);
  }

  /** A process has ended: what it has sent may still arrive. */
  abandon(caller: Caller): void {
    for (const one of this.#between(undefined, caller)) {
      if (this.#dice.chance(0.5)) one.link.cut();
      else one.link.client.close();
      this.#links.delete(one);
    }
  }

  /** The caller loses its connections to a relay; the relay learns of it only after `laterMs`. */
  halfOpen(relay: SimRelay, caller: Caller, laterMs: number): void {
    for (const one of this.#between(relay, caller)) {
      const { link } = one;
      link.stall("to-server", true);
      link.client.close(new TransportError("network", "connection is lost"));
      this.#links.delete(one);
      this.#world.base.after(laterMs, () => link.cut());
    }
  }

  /** Nothing passes from a relay to a caller for a while. */
  stall(relay: SimRelay, caller: Caller, forMs: number): void {
    for (const one of this.#between(relay, caller)) {
      one.stalled = true;
      one.link.stall("to-client", true);
      this.#world.base.after(forMs, () => this.#release(one));
    }
  }

  /** The links of a relay follow its state: nothing passes in the dark. */
  darken(relay: SimRelay): void {
    for (const one of this.#between(relay, undefined)) {
      one.link.stall("to-server", relay.state === "dark");
      if (!one.stalled) one.link.stall("to-client", relay.state === "dark");
    }
  }

  /** Everything passes again, without delay worth mentioning. */
  heal(): void {
    this.delays = { baseMs: 10, jitterMs: 0 };
    this.connectFailure = 0;
    for (const one of this.#links) if (one.stalled) this.#release(one);
  }

  #release(one: SimLink): void {
    one.stalled = false;
    if (one.relay.state !== "dark") one.link.stall("to-client", false);
  }

  #between(relay: SimRelay | undefined, caller: Caller | undefined): SimLink[] {
    return [...this.#links].filter(
      (one) =>
        (relay === undefined || one.relay === relay) && (caller === undefined || one.caller === caller),
    );
  }
}
