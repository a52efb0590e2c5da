import type { PrivateRouting, RoutingFallback } from "../agent/api.ts";
import { since, smpVersions } from "../smp/version.ts";
import type { Dice } from "./dice.ts";
import type { Delays } from "./sim-network.ts";

/** A fault that a test puts in, to see that it is found. */
export type PlantedFault =
  /** An agent acknowledges a message before it is committed: a crash loses it. */
  | "acknowledged early"
  /** A relay loses a message when its recipient asks for it. */
  | "message lost"
  /** The random source of agents gives the same bytes again. */
  | "random repeats"
  /** Agents never wake up from long waits. */
  | "wake-up lost"
  /** An agent shows a message a second time. */
  | "shown twice";

export interface AgentSettings {
  readonly name: string;
  readonly profiles: number;
  /** Which relays its profiles receive on, by their position; at least one. */
  readonly relays: readonly number[];
  readonly routing: PrivateRouting;
  readonly fallback: RoutingFallback;
  /** Older clients connect in the older ways. */
  readonly smpVersionMax: number;
}

/** What can happen to the network, and how likely it is compared with the others. */
export interface FaultWeights {
  readonly cut: number;
  readonly halfOpen: number;
  readonly stall: number;
  readonly relayRestart: number;
  readonly relayDown: number;
  readonly relayDark: number;
  readonly offline: number;
  readonly crash: number;
  readonly crashSoon: number;
  readonly stop: number;
  readonly jump: number;
  readonly reopen: number;
  readonly fullDisk: number;
}

/** What people do, and how likely it is compared with the others. */
export interface DeedWeights {
  readonly invite: number;
  readonly address: number;
  readonly joinAddress: number;
  readonly send: number;
  readonly burst: number;
  readonly rotate: number;
  readonly resync: number;
  readonly postQuantum: number;
  readonly remove: number;
  readonly suspend: number;
  readonly linkData: number;
}

/** All that is decided about a run before it begins. */
export interface Settings {
  /** How long people and faults are at work, in milliseconds of virtual time. */
  readonly durationMs: number;
  readonly relayCount: number;
  /** Messages that a queue of a relay holds. */
  readonly queueQuota: number;
  readonly agents: readonly AgentSettings[];
  readonly delays: Delays;
  readonly connectFailure: number;
  readonly postQuantum: boolean;
  readonly deedCount: number;
  readonly faultCount: number;
  readonly deeds: DeedWeights;
  readonly faults: FaultWeights;
  readonly planted: PlantedFault | undefined;
}

const names = ["alice", "bob", "carol", "dave"] as const;

/** Draws the settings of a run. Many runs leave some kinds of faults out, so that others are seen alone. */
export function drawSettings(dice: Dice, minutes: number, planted: PlantedFault | undefined): Settings {
  const relayCount = dice.between(1, 4);
  const weight = (probability: number, max: number) => (dice.chance(probability) ? dice.between(1, max) : 0);
  const agents = names
    .slice(0, dice.between(2, names.length))
    .map((name) => drawAgent(dice, name, relayCount));
  const isQuiet = dice.chance(0.1);
  return {
    durationMs: Math.floor(minutes * 60_000 * (dice.chance(0.5) ? 1 : dice.next() / 2 ** 32)),
    relayCount,
    queueQuota: dice.chance(0.3) ? dice.between(2, 8) : 128,
    agents,
    delays: { baseMs: dice.duration(300), jitterMs: dice.chance(0.7) ? dice.duration(2_000) : 0 },
    connectFailure: dice.chance(0.3) ? 0.3 : 0,
    postQuantum: dice.chance(0.08),
    deedCount: dice.between(5, 40),
    faultCount: isQuiet ? 0 : dice.between(1, 40),
    deeds: {
      invite: dice.between(1, 4),
      address: dice.between(0, 1),
      joinAddress: dice.between(0, 3),
      send: 6,
      burst: dice.between(0, 3),
      rotate: weight(0.5, 3),
      resync: weight(0.3, 2),
      postQuantum: weight(0.3, 2),
      remove: weight(0.3, 2),
      suspend: weight(0.1, 1),
      linkData: weight(0.2, 1),
    },
    faults: {
      cut: 1 + weight(0.8, 5),
      halfOpen: weight(0.4, 3),
      stall: weight(0.4, 3),
      relayRestart: weight(0.5, 3),
      relayDown: weight(0.5, 3),
      relayDark: weight(0.4, 2),
      offline: weight(0.4, 3),
      crash: weight(0.6, 4),
      crashSoon: weight(0.7, 8),
      stop: weight(0.4, 3),
      jump: weight(0.3, 2),
      reopen: weight(0.3, 3),
      fullDisk: weight(0.4, 4),
    },
    planted,
  };
}

function drawAgent(dice: Dice, name: string, relayCount: number): AgentSettings {
  const all = Array.from({ length: relayCount }, (_, i) => i);
  const some = all.filter(() => dice.chance(0.7));
  const smpVersionMax = Number(dice.weighted({ 18: 12, 14: 1, 8: 3 }));
  return {
    name,
    profiles: dice.chance(0.2) ? 2 : 1,
    relays: some.length === 0 ? [dice.pick(all)] : some,
    routing:
      smpVersionMax < smpVersions.max
        ? "never"
        : dice.weighted({ never: 6, unknownRelays: 2, always: 2, unprotected: 1 }),
    fallback: dice.weighted({ allow: 3, prohibit: 1 }),
    smpVersionMax,
  };
}

/** Whether an agent can use short links. */
export function hasShortLinks({ smpVersionMax }: AgentSettings): boolean {
  return smpVersionMax >= since.shortLinks;
}
