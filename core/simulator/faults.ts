import type { Dice } from "./dice.ts";
import type { FaultWeights } from "./settings.ts";
import type { SimAgent } from "./sim-agent.ts";
import type { SimRelay } from "./sim-relay.ts";
import type { World } from "./world.ts";

/** How long something stays broken, at most, in milliseconds. */
const brokenMaxMs = 1_200_000;
/** How far a clock may be set, either way, in milliseconds. */
const jumpMaxMs = 48 * 3_600_000;
/** After how many calls of its store, network and random source a process crashes that is to crash soon. */
const momentsMax = 2_000;

/** What goes wrong, until the network heals. */
export class Faults {
  readonly #world: World;
  readonly #dice: Dice;
  #healed = false;

  constructor(world: World) {
    this.#world = world;
    this.#dice = world.dice.fork();
  }

  /** Breaks something at random. */
  strike(): void {
    const fault = this.#dice.weighted(this.#world.settings.faults);
    const agent = this.#dice.pick(this.#world.agents);
    const relay = this.#dice.pick(this.#world.relays);
    const kinds: Readonly<Record<keyof FaultWeights, () => void>> = {
      cut: () => this.#cut(agent, relay),
      halfOpen: () => this.#halfOpen(agent, relay),
      stall: () => this.#stall(agent, relay),
      relayRestart: () => relay.restart(),
      relayDown: () => this.#relayBecomes(relay, "down"),
      relayDark: () => this.#relayBecomes(relay, "dark"),
      offline: () => this.#goOffline(agent),
      crash: () => {
        agent.crash();
        this.#startLater(agent);
      },
      crashSoon: () => {
        agent.instance?.crashAfter(this.#dice.duration(momentsMax));
        this.#startLater(agent);
      },
      stop: () => {
        agent.stop();
        this.#startLater(agent);
      },
      jump: () => this.#jump(this.#dice.chance(0.7) ? agent : relay),
      reopen: () => this.#reopen(agent),
      fullDisk: () => this.#fill(agent),
    };
    kinds[fault]();
  }

  /** Everything works again, and stays so. */
  heal(): void {
    const { journal, relays, agents, network } = this.#world;
    journal.note("network", "heals");
    this.#healed = true;
    network.heal();
    for (const relay of relays) relay.become("up");
    for (const agent of agents) {
      agent.online = true;
      agent.instance?.crashAfter(undefined);
      if (agent.instance !== undefined) agent.instance.store.full = false;
      agent.start();
    }
  }

  #cut(agent: SimAgent, relay: SimRelay): void {
    const { journal, network } = this.#world;
    const whole = this.#dice.chance(0.2);
    journal.note("network", `cuts ${relay.name} ${whole ? "" : `and ${agent.name}`}`);
    if (whole) network.cut(relay);
    else if (agent.instance !== undefined) network.cut(relay, agent.instance);
  }

  #halfOpen(agent: SimAgent, relay: SimRelay): void {
    if (agent.instance === undefined) return;
    this.#world.journal.note("network", `loses ${agent.name}, and ${relay.name} does not know`);
    this.#world.network.halfOpen(relay, agent.instance, this.#dice.duration(brokenMaxMs));
  }

  #stall(agent: SimAgent, relay: SimRelay): void {
    if (agent.instance === undefined) return;
    this.#world.journal.note("network", `stalls ${relay.name} to ${agent.name}`);
    this.#world.network.stall(relay, agent.instance, this.#dice.duration(brokenMaxMs));
  }

  #relayBecomes(relay: SimRelay, state: "down" | "dark"): void {
    relay.become(state);
    this.#later(() => relay.become("up"));
  }

  #goOffline(agent: SimAgent): void {
    const { journal, network } = this.#world;
    journal.note(agent.name, "is offline");
    agent.online = false;
    if (agent.instance !== undefined) network.cut(undefined, agent.instance);
    this.#later(() => {
      journal.note(agent.name, "is online");
      agent.online = true;
    });
  }

  #startLater(agent: SimAgent): void {
    this.#later(() => agent.start());
  }

  #jump(machine: SimAgent | SimRelay): void {
    const byMs = this.#dice.duration(jumpMaxMs) * (this.#dice.chance(0.5) ? 1 : -1);
    this.#world.journal.note(machine.name, `sets its clock by ${byMs} ms`);
    machine.wall.offsetMs += byMs;
  }

  /** An agent is to reach relays in another way, as through a proxy. */
  #reopen(agent: SimAgent): void {
    this.#world.journal.note(agent.name, "makes its sessions anew");
    agent.actAlone(
      (one) => one.reopen(),
      () => undefined,
    );
  }

  /** The disk of an agent is full, until there is room again or its process ends. */
  #fill({ name, instance }: SimAgent): void {
    if (instance === undefined) return;
    this.#world.journal.note(name, "has a full disk");
    instance.store.full = true;
    this.#later(() => {
      this.#world.journal.note(name, "has room again");
      instance.store.full = false;
    });
  }

  #later(run: () => void): void {
    this.#world.base.after(this.#dice.duration(brokenMaxMs), () => {
      if (!this.#healed) run();
    });
  }
}
