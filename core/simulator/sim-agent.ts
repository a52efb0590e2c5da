import type { Agent, ProfileId, RelaySetting } from "../agent/api.ts";
import { AgentError } from "../agent/errors.ts";
import { MemoryStore } from "../store/memory.ts";
import type { Transaction } from "../store/store.ts";
import { AgentInstance, isFull } from "./agent-instance.ts";
import { Application } from "./application.ts";
import type { Dice } from "./dice.ts";
import { describeError } from "./journal.ts";
import type { Wall } from "./machine-clock.ts";
import type { AgentSettings } from "./settings.ts";
import type { World } from "./world.ts";

/** A machine with an agent on it, and a person who uses it. */
export class SimAgent {
  readonly name: string;
  readonly settings: AgentSettings;
  readonly dice: Dice;
  readonly wall: Wall = { offsetMs: 0 };
  readonly application: Application;
  /** Whether its machine is connected to the network. */
  online = true;
  profiles: readonly ProfileId[] = [];
  instance: AgentInstance | undefined;
  readonly #world: World;
  readonly #disk = new MemoryStore();
  #waiting: (() => void)[] = [];

  constructor(world: World, settings: AgentSettings, dice: Dice) {
    this.#world = world;
    this.settings = settings;
    this.name = settings.name;
    this.dice = dice;
    this.application = new Application(world, this);
  }

  /** Begins a process, unless there is one. */
  start(): void {
    if (this.instance !== undefined) return;
    this.#world.journal.note(this.name, "starts");
    const instance = new AgentInstance(this.#world, this, this.#disk);
    this.instance = instance;
    if (this.profiles.length === 0) this.profiles = this.#createProfiles(instance.agent);
    instance.agent.start((event, transaction) => this.application.handle(instance, event, transaction));
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.application.takeUp();
  }

  /** Ends the process in good order. */
  stop(): void {
    const { instance } = this;
    if (instance === undefined) return;
    this.#world.journal.note(this.name, "stops");
    void instance.agent.stop();
    instance.store.close();
    this.#end(instance);
  }

  /** Ends the process at once: what it had not committed is lost. */
  crash(): void {
    const { instance } = this;
    if (instance === undefined) return;
    this.#world.journal.note(this.name, "crashes");
    this.#end(instance);
    queueMicrotask(() => instance.store.crashed());
  }

  /** Resolves to the process, once there is one. */
  async whenRunning(): Promise<AgentInstance> {
    while (this.instance === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.instance;
  }

  /**
   * Does something with the agent in a transaction of the application; what it gives to `onCommit` of the store
   * happens when that is committed.
   * @returns false when the agent does not run, or refuses
   */
  act(run: (instance: AgentInstance, transaction: Transaction) => void): boolean {
    const { instance } = this;
    if (instance === undefined) return false;
    return this.#try(() => instance.store.transaction((transaction) => run(instance, transaction)));
  }

  /** As `act`, in the agent's own transaction: `record` is called when that is committed and `run` has returned. */
  actAlone(run: (agent: Agent) => void, record: () => void): boolean {
    const { instance } = this;
    if (instance === undefined) return false;
    let returned = false;
    let committed = false;
    instance.store.onNextCommit(() => {
      committed = true;
      if (returned) record();
    });
    const done = this.#try(() => run(instance.agent));
    instance.store.forgetNext();
    returned = true;
    if (committed) record();
    return done;
  }

  #try(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      if (error instanceof AgentError || isFull(error))
        this.#world.journal.note(this.name, `refuses: ${String(error)}`);
      else if (this.instance !== undefined)
        this.#world.journal.problem(this.name, `command throws ${describeError(error)}`);
      return false;
    }
  }

  #end(instance: AgentInstance): void {
    this.instance = undefined;
    instance.end();
    // Not at once: this may be in the middle of one of its own calls.
    queueMicrotask(() => this.#world.network.abandon(instance));
  }

  #createProfiles(agent: Agent): readonly ProfileId[] {
    const { relays, routing, fallback, profiles } = this.settings;
    const known = agent.profiles();
    const settings = relays.map((position): RelaySetting => {
      const address = this.#world.relays[position]?.addressText ?? "";
      return { address, receive: true, proxy: true };
    });
    const missing = Array.from({ length: profiles - known.length });
    return [...known, ...missing.map(() => agent.createProfile(settings, { routing, fallback }))];
  }
}
