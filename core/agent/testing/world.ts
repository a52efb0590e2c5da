import { Relay } from "../../../relay/relay.ts";
import { limitDefaults, type RelayLimits } from "../../../relay/settings/limits.ts";
import { MemoryStore as RelayStore } from "../../../relay/store/memory/memory-store.ts";
import { testIdentity } from "../../../relay/testing/identity.ts";
import { utf8Decode, utf8Encode, type VersionRange } from "../../bytes/index.ts";
import { delay } from "../../clock/clock.ts";
import { VirtualClock } from "../../clock/virtual.ts";
import { type Random, systemRandom } from "../../crypto/random.ts";
import { formatRelayAddress, type RelayAddress } from "../../smp/address.ts";
import { parseHost } from "../../smp/host.ts";
import { smpVersions } from "../../smp/version.ts";
import { MemoryStore } from "../../store/memory.ts";
import type { Store } from "../../store/store.ts";
import type { Connect } from "../../transport/doors.ts";
import { TransportError } from "../../transport/errors.ts";
import { type MemoryLink, memoryLink } from "../../transport/memory.ts";
import { createAgent } from "../agent.ts";
import type {
  Agent,
  AgentEvent,
  ConnectionId,
  Integrity,
  ProfileId,
  RelaySetting,
  RoutingSetting,
} from "../api.ts";
import { smpNetwork } from "../network/smp-network.ts";
import { agentVersions as allVersions } from "../versions.ts";

/** A relay of a test, and the connections to it. */
export interface WorldRelay {
  readonly address: RelayAddress;
  readonly text: string;
  readonly store: RelayStore;
  relay: Relay;
  readonly links: Set<MemoryLink>;
  /** Nobody can connect while it is down. */
  up: boolean;
}

const relayIdentity = testIdentity();

/** Relays and agents in this process, on one virtual clock. */
export class World {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 15));
  readonly relays = new Map<string, WorldRelay>();
  readonly agents: TestAgent[] = [];
  /** Where agents and relays take randomness from. */
  readonly random: Random;
  /** The versions of SMP that new agents speak. */
  versions = smpVersions;
  /** By which way connections are made from now on, and how long that takes. */
  way = "straight";
  dialMs = 0;
  /** What clients sent: to which host, by which way. */
  readonly blocks: { readonly host: string; readonly way: string }[] = [];
  /** Errors that nobody should have. */
  readonly defects: unknown[] = [];

  constructor(random: Random = systemRandom) {
    this.random = random;
  }

  /** Adds a relay that is reached by this host name. */
  addRelay(host: string, limits: Partial<RelayLimits> = {}): WorldRelay {
    const store = new RelayStore();
    const address: RelayAddress = {
      scheme: "smp",
      hosts: [parseHost(host)],
      port: "",
      keyHash: relayIdentity.keyHash,
    };
    const added: WorldRelay = {
      address,
      text: formatRelayAddress(address),
      store,
      relay: this.#newRelay(store, limits),
      links: new Set(),
      up: true,
    };
    this.relays.set(host, added);
    return added;
  }

  #newRelay(store: RelayStore, limits: Partial<RelayLimits>): Relay {
    return new Relay({
      identity: relayIdentity,
      store,
      clock: this.clock,
      random: this.random,
      newQueues: true,
      password: undefined,
      report: (error) => this.defects.push(error),
      limits: { ...limitDefaults, ...limits },
    });
  }

  /** Breaks all connections to a relay. */
  cut({ links }: WorldRelay): void {
    for (const link of links) link.cut();
    links.clear();
  }

  /** Opens connections to the relays of this world. */
  readonly connect: Connect = async (destination) => {
    const host = destination.hosts[0]?.name ?? "";
    const { way, dialMs } = this;
    if (dialMs > 0) await delay(this.clock, dialMs);
    const found = this.relays.get(host);
    if (found === undefined || !found.up)
      throw new TransportError("network", "cannot connect: relay is not there");
    const link = memoryLink({
      clock: this.clock,
      sessionId: this.random(32),
      latencyMs: () => 1,
      intercept: (block, direction) => {
        if (direction === "to-server") this.blocks.push({ host, way });
        return block;
      },
    });
    found.links.add(link);
    void found.relay.accept(link.server, "192.0.2.1");
    return link.client;
  };

  /** A new agent with one profile that uses all relays. */
  addAgent(
    relays: readonly WorldRelay[] = [...this.relays.values()],
    routing?: RoutingSetting,
    agentVersions: VersionRange = allVersions,
  ): TestAgent {
    const settings = relays.map(({ text }): RelaySetting => ({ address: text, receive: true, proxy: true }));
    const added = new TestAgent(this, new MemoryStore(), agentVersions);
    added.profile = added.agent.createProfile(settings, routing ?? { routing: "never", fallback: "allow" });
    added.start();
    this.agents.push(added);
    return added;
  }

  /** Lets time pass until `condition` holds. */
  async until(condition: () => boolean, limitMs = 600_000): Promise<void> {
    await this.clock.until(condition, limitMs);
    if (this.defects.length > 0) throw this.defects[0];
  }
}

/** An agent in a test, with all events it told. */
export class TestAgent {
  readonly world: World;
  store: Store;
  readonly agentVersions: VersionRange;
  agent: Agent;
  profile: ProfileId = 1;
  readonly events: AgentEvent[] = [];
  /** Answers confirmations with this information, unless undefined. */
  autoAllow: string | undefined = "allowed";

  constructor(world: World, store: Store, agentVersions: VersionRange = allVersions) {
    this.agentVersions = agentVersions;
    this.world = world;
    this.store = store;
    this.agent = this.#create();
  }

  #create(): Agent {
    const { clock, connect, random, versions } = this.world;
    return createAgent({
      store: this.store,
      agentVersions: this.agentVersions,
      clock,
      random,
      network: smpNetwork(connect, { clock, random, versions }),
      onDefect: (error) => this.world.defects.push(error),
    });
  }

  start(): void {
    this.agent.start((event, transaction) => {
      this.events.push(event);
      if (event.type === "confirmation" && this.autoAllow !== undefined) {
        this.agent.allow(event.connection, event.confirmation, utf8Encode(this.autoAllow), transaction);
      }
    });
  }

  /** Ends this agent as a crash would, and begins another one over the same store. */
  async restart(): Promise<void> {
    await this.agent.stop();
    this.agent = this.#create();
    this.start();
  }

  /** A copy of its store, as a backup has it. */
  copyOfStore(): MemoryStore {
    if (!(this.store instanceof MemoryStore)) throw new Error("only a store in memory can be copied");
    return this.store.copy();
  }

  /** Ends this agent, and begins another one over an older copy of its store, as one does with a backup. */
  async goBackTo(copy: MemoryStore): Promise<void> {
    await this.agent.stop();
    this.store = copy.copy();
    this.agent = this.#create();
    this.store.transaction((transaction) => this.agent.renewRatchets(transaction));
    this.start();
  }

  of<T extends AgentEvent["type"]>(type: T): Extract<AgentEvent, { readonly type: T }>[] {
    return this.events.filter(
      (event): event is Extract<AgentEvent, { readonly type: T }> => event.type === type,
    );
  }

  /** The texts of all messages received for a connection. */
  texts(connection?: ConnectionId): string[] {
    return this.of("message")
      .filter((event) => connection === undefined || event.connection === connection)
      .map(({ message }) => utf8Decode(message.body));
  }

  send(connection: ConnectionId, text: string): number {
    return this.agent.send(connection, utf8Encode(text));
  }

  isConnected(connection: ConnectionId): boolean {
    return this.of("connected").some((event) => event.connection === connection);
  }
}

/** Two agents connect by an invitation. Gives the connections of both. */
export async function connectPair(
  world: World,
  alice: TestAgent,
  bob: TestAgent,
): Promise<readonly [ConnectionId, ConnectionId]> {
  const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
  const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
  await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
  return [connection, joined];
}

/** One end of a connection. */
export type End = readonly [agent: TestAgent, connection: ConnectionId];

/** Sends a message from each end, and waits until they have arrived. Gives what their integrity was. */
export async function exchange(world: World, one: End, other: End): Promise<readonly Integrity["type"][]> {
  const ways = [
    [one, other],
    [other, one],
  ] as const;
  const sent = ways.map(([[from, connection], [to]]) => {
    const text = `exchanged ${to.events.length}`;
    from.send(connection, text);
    return text;
  });
  const arrived = () =>
    ways.map(([, [to, connection]], i) =>
      to
        .of("message")
        .find((event) => event.connection === connection && utf8Decode(event.message.body) === sent[i]),
    );
  await world.until(() => arrived().every((event) => event !== undefined));
  return arrived().flatMap((event) => (event === undefined ? [] : [event.message.integrity.type]));
}

/** Lets time pass until a promise settles. */
export async function within<T>(world: World, promise: Promise<T>): Promise<T> {
  let settled = false;
  promise.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  await world.until(() => settled);
  return promise;
}
