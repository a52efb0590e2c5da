/**
 * The simulator: a whole network of agents and relays in one process on a virtual clock, with faults, all from
 * a seed. Each run is a random scenario (connect in every order of online and offline, send, confirm, rotate
 * queues, re-synchronise ratchets, delete) under faults (delay, lost connections, duplicates at reconnect,
 * relays that restart or disappear, agents that crash at any call, clock jumps, full queues, slow consumers);
 * then the network heals, and what must hold is checked:
 *
 * - every message is shown exactly once, in order for each connection and direction;
 * - nothing is stuck once the network has healed, and every connection carries one more message each way;
 * - statuses only go forward, and a message that was confirmed is known to be;
 * - no two queues share a key or an id;
 * - nothing that relays are given, and no block on the way, shows what people wrote.
 *
 * A run replays exactly from its seed.
 */
import { VirtualClock } from "../clock/virtual.ts";
import { Dice } from "./dice.ts";
import { Faults } from "./faults.ts";
import { describeError, Journal } from "./journal.ts";
import { People } from "./people.ts";
import { drawSettings, type PlantedFault, type Settings } from "./settings.ts";
import { livingSides, unfinished } from "./verdict.ts";
import { World } from "./world.ts";

/** How to run a seed. */
export interface SimulateOptions {
  /** How long things go on, and wrong, at most: minutes of virtual time. */
  readonly minutes: number;
  /** A fault that has to be found. */
  readonly planted?: PlantedFault;
  /** Gets each line of the event log at once. */
  readonly follow?: (line: string) => void;
  /** What happened in a run up to now is told to whoever catches errors of the whole process. */
  readonly begin?: (journal: Journal) => void;
}

/** What came of a run. */
export interface Outcome {
  readonly seed: number;
  readonly settings: Settings;
  /** What went wrong; empty when all held. */
  readonly problems: readonly string[];
  readonly log: readonly string[];
  readonly messages: number;
  readonly connections: number;
  /** How long agents needed after the network had healed and people had finished, in milliseconds of virtual time. */
  readonly recoveryMs: number;
}

/** People have this long to do what they have begun, in milliseconds of virtual time. */
const peopleMaxMs = 3_600_000;
/** The network has this long to recover, in milliseconds of virtual time: longer than any wait of agents. */
const recoveryMaxMs = 2 * 3_600_000;
/** Last words have this long to arrive. */
const lastWordsMaxMs = 600_000;

/** Runs a seed. It never throws: an error is a problem, too. */
export async function simulate(seed: number, options: SimulateOptions): Promise<Outcome> {
  const base = new VirtualClock(Date.UTC(2026, 0, 15));
  const dice = new Dice(seed);
  const journal = new Journal(base, options.follow);
  options.begin?.(journal);
  const settings = drawSettings(dice, options.minutes, options.planted);
  const world = new World(base, dice, journal, settings);
  let recoveryMs = 0;
  try {
    recoveryMs = await play(world);
  } catch (error) {
    journal.problem("run", describeError(error));
  }
  for (const agent of world.agents) agent.stop();
  await base.advance(0);
  const sides = world.conversations.flatMap(({ creator, joiner }) => [creator, joiner]);
  return {
    seed,
    settings,
    problems: journal.problems,
    log: journal.lines,
    messages: sides.reduce((sum, { shown }) => sum + shown, 0),
    connections: sides.filter(({ connected }) => connected > 0).length / 2,
    recoveryMs,
  };
}

async function play(world: World): Promise<number> {
  const { base, dice, settings, agents, relays } = world;
  const people = new People(world);
  const faults = new Faults(world);
  if (settings.planted === "message lost") for (const { store } of relays) store.losesPerThousand = 100;
  for (const agent of agents) agent.start();
  plan(world, { deed: () => people.act(), fault: () => faults.strike() });
  for (let i = dice.between(1, 3); i > 0; i--) people.meet();
  await base.advance(settings.durationMs);
  faults.heal();
  const isIdle = () => !people.busy && agents.every(({ application }) => !application.busy);
  // What people still do takes its time; that agents can't do it is said below.
  await base.until(isIdle, peopleMaxMs).catch(() => undefined);
  const healedMs = base.monotonicMs();
  await finish(world, people, recoveryMaxMs);
  const recoveryMs = base.monotonicMs() - healedMs;
  if (world.journal.problems.length > 0) return recoveryMs;
  for (const side of livingSides(world)) people.sayLastWords(side);
  await finish(world, people, lastWordsMaxMs);
  return recoveryMs;
}

/** What happens soon after something else does so within this time, in milliseconds. */
const soonMs = 20_000;

/** Spreads deeds and faults over the run: some close together, and many faults soon after a deed. */
function plan(
  { base, dice, settings }: World,
  run: { readonly deed: () => void; readonly fault: () => void },
): void {
  const { durationMs, deedCount, faultCount } = settings;
  const deedTimes: number[] = [0];
  const timeOf = (before: number) =>
    dice.chance(0.4) ? dice.between(0, durationMs) : Math.min(durationMs, before + dice.duration(soonMs));
  for (let i = 0; i < deedCount; i++) {
    const atMs = timeOf(deedTimes.at(-1) ?? 0);
    deedTimes.push(atMs);
    base.after(atMs, run.deed);
  }
  for (let i = 0; i < faultCount; i++) base.after(timeOf(dice.pick(deedTimes)), run.fault);
}

/** The first look is after this long, in milliseconds; then each time after half as long again. */
const firstLookMs = 500;

/** Lets time pass until nothing is left to be done. What is left at the end is a problem. */
async function finish(world: World, people: People, maxMs: number): Promise<void> {
  const { base, journal } = world;
  const endMs = base.monotonicMs() + maxMs;
  for (let lookMs = firstLookMs; ; lookMs *= 1.5) {
    await base.advance(Math.min(lookMs, endMs - base.monotonicMs()));
    const left = unfinished(world, people);
    if (left.length === 0 || journal.problems.length > 0) return;
    journal.note("network", `has not recovered: ${left[0]}`);
    if (base.monotonicMs() >= endMs) {
      for (const words of left) journal.problem("stuck", words);
      return;
    }
  }
}
