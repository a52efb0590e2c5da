import type { VirtualClock } from "../clock/virtual.ts";
import type { Conversation } from "./conversation.ts";
import type { Dice } from "./dice.ts";
import { createIdentity } from "./identity.ts";
import type { Journal } from "./journal.ts";
import { Identifiers } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import { SimAgent } from "./sim-agent.ts";
import { SimNetwork } from "./sim-network.ts";
import { SimRelay } from "./sim-relay.ts";

/** Everything there is in a run. */
export class World {
  readonly base: VirtualClock;
  readonly dice: Dice;
  readonly journal: Journal;
  readonly settings: Settings;
  readonly identifiers = new Identifiers();
  readonly network: SimNetwork;
  readonly relays: readonly SimRelay[];
  readonly agents: readonly SimAgent[];
  readonly conversations: Conversation[] = [];

  constructor(base: VirtualClock, dice: Dice, journal: Journal, settings: Settings) {
    this.base = base;
    this.dice = dice;
    this.journal = journal;
    this.settings = settings;
    this.network = new SimNetwork(this, dice.fork());
    this.network.delays = settings.delays;
    this.network.connectFailure = settings.connectFailure;
    const identity = createIdentity(dice.bytes);
    this.relays = Array.from(
      { length: settings.relayCount },
      (_, i) => new SimRelay(this, `relay${i + 1}`, identity, dice.fork(), settings.queueQuota),
    );
    this.agents = settings.agents.map((agent) => new SimAgent(this, agent, dice.fork()));
  }
}
