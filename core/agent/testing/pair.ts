import type { ConnectionId, RelaySetting } from "../api.ts";
import { agentVersions } from "../versions.ts";
import { connectPair, type TestAgent, World, type WorldRelay } from "./world.ts";

const hosts = ["one.test", "two.test", "three.test"];

/** A world with so many relays, at most three. */
export function worldOf(relayCount: number): World {
  const world = new World();
  for (const host of hosts.slice(0, relayCount)) world.addRelay(host);
  return world;
}

export interface Pair {
  readonly world: World;
  readonly alice: TestAgent;
  readonly bob: TestAgent;
  /** Alice's connection, and Bob's. */
  readonly a: ConnectionId;
  readonly b: ConnectionId;
}

/** Two agents, connected by an invitation of Alice's. @param versionMax the highest agent version of both */
export async function pair(relayCount = 3, versionMax = agentVersions.max): Promise<Pair> {
  const world = worldOf(relayCount);
  const add = () => world.addAgent(undefined, undefined, { ...agentVersions, max: versionMax });
  const [alice, bob] = [add(), add()];
  const [a, b] = await connectPair(world, alice, bob);
  return { world, alice, bob, a, b };
}

/** The relay that an agent receives on, or has its address at. */
export function homeOf({ agent, world }: TestAgent, connection: ConnectionId): WorldRelay {
  const home = agent.status(connection).receive[0]?.relay;
  const found = [...world.relays.values()].find(({ text }) => text === home);
  if (found === undefined) throw new Error("no relay");
  return found;
}

/** Two connected agents, the relays that alice and bob receive on, and the one that neither does. */
export async function pairApart(versionMax = agentVersions.max) {
  const two = await pair(hosts.length, versionMax);
  const [current, peers] = [homeOf(two.alice, two.a), homeOf(two.bob, two.b)];
  const spare = [...two.world.relays.values()].find((relay) => relay !== current && relay !== peers);
  if (spare === undefined) throw new Error("no spare relay");
  return { ...two, current, peers, spare };
}

/** Relays go down, and lose their connections. */
export function down(world: World, ...relays: readonly WorldRelay[]): void {
  for (const relay of relays) {
    relay.up = false;
    world.cut(relay);
  }
}

/** All errors that agents told of. */
export function errors(...agents: readonly TestAgent[]) {
  return agents.flatMap((agent) => agent.of("error"));
}

/** How the relays of a world are given to a profile. */
export function settingsOf(world: World): readonly RelaySetting[] {
  return [...world.relays.values()].map(({ text }) => ({ address: text, receive: true, proxy: true }));
}

/** Texts of messages, from `<name>0` on. */
export function numbered(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${name}${i}`);
}
