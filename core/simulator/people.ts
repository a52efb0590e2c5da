import type { ConnectionId, ProfileId } from "../agent/api.ts";
import { AgentError } from "../agent/errors.ts";
import { utf8Encode } from "../bytes/index.ts";
import { delay } from "../clock/clock.ts";
import type { AgentInstance } from "./agent-instance.ts";
import { type Conversation, infoOf, isWanted, newConversation, nextText, type Side } from "./conversation.ts";
import type { Dice } from "./dice.ts";
import { describeError } from "./journal.ts";
import { plaintextMark } from "./secrets.ts";
import { type DeedWeights, hasShortLinks } from "./settings.ts";
import type { SimAgent } from "./sim-agent.ts";
import type { World } from "./world.ts";

interface Address {
  readonly owner: SimAgent;
  readonly connection: ConnectionId;
  readonly links: string[];
}

/** How long a link is on its way from person to person, in milliseconds. */
const linkMaxMs = 600_000;
/** How long a person waits before she tries again what failed, in milliseconds. */
const retryMs = 20_000;
const conversationsMax = 12;
const burstMax = 12;

/** What the people do: they connect, write, and put their connections to the test. */
export class People {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #addresses: Address[] = [];
  /** Conversations whose link is still to be made or to be used. */
  #underWay = 0;

  constructor(world: World) {
    this.#world = world;
    this.#dice = world.dice.fork();
  }

  /** Whether somebody is still about to join. */
  get busy(): boolean {
    return this.#underWay > 0;
  }

  /** Does something at random. */
  act(): void {
    const deed = this.#dice.weighted(this.#world.settings.deeds);
    const kinds: Readonly<Record<keyof DeedWeights, () => void>> = {
      invite: () => this.meet(),
      address: () => this.#begin(() => this.#createAddress()),
      joinAddress: () => this.#begin(() => this.#joinAddress()),
      send: () => this.#send(1),
      burst: () => this.#send(this.#dice.between(2, burstMax)),
      rotate: () =>
        this.#command("rotates", ({ agent }, id) => {
          agent.switchRelay(id);
        }),
      resync: () =>
        this.#command("re-synchronises", ({ agent }, id, side) => {
          agent.synchronizeRatchet(id, true);
          side.resyncs++;
        }),
      postQuantum: () =>
        this.#command("changes post-quantum", ({ agent }, id) => {
          agent.setPostQuantum(id, this.#world.settings.postQuantum && this.#dice.chance(0.7));
        }),
      remove: () => this.#remove(),
      suspend: () => this.#suspend(),
      linkData: () => this.#begin(() => this.#changeLink()),
    };
    kinds[deed]();
  }

  /** Makes two people connect by an invitation. */
  meet(): void {
    this.#begin(() => this.#invite());
  }

  /** Each side that can says one more thing, which shows that the connection still works. */
  sayLastWords(side: Side): void {
    this.#sendFrom(side);
  }

  #begin(run: () => Promise<void>): void {
    this.#underWay++;
    run()
      .catch((error: unknown) => this.#world.journal.problem("people", describeError(error)))
      .finally(() => {
        this.#underWay--;
      });
  }

  async #invite(): Promise<void> {
    if (this.#world.conversations.length >= conversationsMax) return;
    const [creator, joiner] = this.#twoAgents();
    const { postQuantum } = this.#world.settings;
    const profile = this.#dice.pick(creator.profiles);
    const userData = this.#dice.chance(0.3) ? { userData: utf8Encode(`${plaintextMark} profile`) } : {};
    const created = await this.#untilDone(creator, "invites", ({ agent }) =>
      agent.createInvitation(profile, { postQuantum, ...userData }),
    );
    if (created === undefined) return;
    const { connection, fullLink, shortLink } = created;
    const conversation = newConversation(this.#world.conversations.length, creator, joiner, connection);
    this.#world.conversations.push(conversation);
    creator.application.adopt(connection, conversation, conversation.creator);
    await delay(this.#world.base, this.#dice.duration(linkMaxMs));
    const useShort = shortLink !== undefined && hasShortLinks(joiner.settings);
    await this.#join(conversation, useShort ? shortLink : fullLink, useShort);
  }

  async #createAddress(): Promise<void> {
    const owner = this.#dice.pick(this.#world.agents);
    const profile = this.#dice.pick(owner.profiles);
    const userData = this.#dice.chance(0.5) ? { userData: utf8Encode(`${plaintextMark} profile`) } : {};
    const created = await this.#untilDone(owner, "creates an address", ({ agent }) =>
      agent.createAddress(profile, userData),
    );
    if (created === undefined) return;
    const { connection, fullLink, shortLink } = created;
    const links = shortLink === undefined ? [fullLink] : [fullLink, shortLink];
    this.#addresses.push({ owner, connection, links });
  }

  async #joinAddress(): Promise<void> {
    const address = this.#dice.maybePick(this.#addresses);
    if (address === undefined || this.#world.conversations.length >= conversationsMax) return;
    const others = this.#world.agents.filter((agent) => agent !== address.owner);
    const conversation = newConversation(
      this.#world.conversations.length,
      address.owner,
      this.#dice.pick(others),
      undefined,
    );
    this.#world.conversations.push(conversation);
    const { settings } = conversation.joiner.agent;
    const link = this.#dice.pick(hasShortLinks(settings) ? address.links : address.links.slice(0, 1));
    await this.#join(conversation, link, link !== address.links[0]);
  }

  async #join(conversation: Conversation, link: string, isShort: boolean): Promise<void> {
    const { joiner } = conversation;
    const profile = this.#dice.pick(joiner.agent.profiles);
    const full = isShort ? await this.#resolve(conversation, profile, link) : link;
    if (full === undefined) return;
    const { postQuantum } = this.#world.settings;
    while (joiner.connection === undefined) {
      await joiner.agent.whenRunning();
      this.#note(joiner, "joins");
      let id: ConnectionId | undefined;
      this.#alone(
        joiner,
        (agent) => {
          id = agent.join(profile, full, utf8Encode(infoOf(joiner)), { postQuantum });
        },
        () => {
          if (id !== undefined) joiner.agent.application.adopt(id, conversation, joiner);
        },
      );
      if (joiner.connection === undefined) await delay(this.#world.base, retryMs);
    }
  }

  /** What is behind a short link; undefined when it can't be had. */
  async #resolve(conversation: Conversation, profile: ProfileId, link: string): Promise<string | undefined> {
    const { joiner } = conversation;
    const resolved = await this.#untilDone(
      joiner.agent,
      `resolves for ${joiner.name}`,
      ({ agent }) => agent.resolve(profile, link),
      () => !isWanted(conversation),
    );
    return resolved?.fullLink;
  }

  async #changeLink(): Promise<void> {
    const address = this.#dice.maybePick(this.#addresses);
    if (address === undefined || !hasShortLinks(address.owner.settings)) return;
    const data = utf8Encode(`${plaintextMark} profile ${this.#dice.next()}`);
    const link = await this.#untilDone(address.owner, "changes its link", ({ agent }) =>
      agent.setLinkData(address.connection, data),
    );
    if (link !== undefined && !address.links.includes(link)) address.links.push(link);
  }

  /** Tries until it succeeds, over crashes and failures of the network. @returns undefined when it never can */
  async #untilDone<T>(
    agent: SimAgent,
    what: string,
    run: (instance: AgentInstance) => Promise<T>,
    mayFail: () => boolean = () => false,
  ): Promise<T | undefined> {
    for (;;) {
      const instance = await agent.whenRunning();
      this.#world.journal.note(agent.name, what);
      const result = await Promise.race([
        run(instance).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        ),
        instance.ended.then(() => undefined),
      ]);
      if (result !== undefined && instance.running) {
        if ("value" in result) return result.value;
        if (!(result.error instanceof AgentError)) throw result.error;
        this.#world.journal.note(agent.name, `${what}: ${result.error.message}`);
        if (!isPassing(result.error)) {
          if (mayFail()) return undefined;
          this.#world.journal.problem(agent.name, `${what}, and never can: ${result.error.message}`);
          return undefined;
        }
      }
      await delay(this.#world.base, retryMs);
    }
  }

  #send(count: number): void {
    const side = this.#someSide(({ removal, suspended }) => removal === undefined && !suspended);
    for (let i = 0; side !== undefined && i < count; i++) this.#sendFrom(side);
  }

  #sendFrom(side: Side): void {
    const { connection } = side;
    if (connection === undefined) return;
    const text = nextText(side);
    const body = utf8Encode(text);
    const record = (id: number) => {
      this.#note(side, `sends "${text}" as ${id}`);
      side.sent.push({ text, id, status: "pending", receipted: false });
    };
    if (this.#dice.chance(0.5)) {
      side.agent.act(({ agent, store }, transaction) => {
        const id = agent.send(connection, body, { transaction });
        store.onCommit(() => record(id));
      });
    } else {
      let id: number | undefined;
      this.#alone(
        side,
        (agent) => {
          id = agent.send(connection, body);
        },
        () => {
          if (id !== undefined) record(id);
        },
      );
    }
  }

  /** Does something in a transaction of the agent's own, and records it once that is committed. */
  #alone(side: Side, run: (agent: AgentInstance["agent"]) => void, record: () => void): void {
    let returned = false;
    let committed = false;
    side.agent.actAlone(run, () => {
      committed = true;
      if (returned) record();
    });
    returned = true;
    if (committed) record();
  }

  #command(what: string, run: (instance: AgentInstance, id: ConnectionId, side: Side) => void): void {
    const side = this.#someSide(({ removal }) => removal === undefined);
    const id = side?.connection;
    const instance = side?.agent.instance;
    if (side === undefined || id === undefined || instance === undefined) return;
    this.#note(side, what);
    this.#alone(
      side,
      () => run(instance, id, side),
      () => undefined,
    );
  }

  #remove(): void {
    const side = this.#someSide(({ removal }) => removal === undefined);
    if (side?.connection === undefined) return;
    const { connection } = side;
    const waitDelivery = this.#dice.chance(0.5);
    this.#note(side, waitDelivery ? "leaves once all is delivered" : "leaves");
    side.agent.act(({ agent, store }, transaction) => {
      agent.delete(connection, { waitDelivery }, transaction);
      store.onCommit(() => {
        side.removal = waitDelivery ? "after delivery" : "now";
      });
    });
  }

  #suspend(): void {
    const side = this.#someSide(({ removal }) => removal === undefined);
    if (side?.connection === undefined) return;
    const { connection } = side;
    this.#note(side, "suspends");
    this.#alone(
      side,
      (agent) => agent.suspend(connection),
      () => {
        side.suspended = true;
      },
    );
  }

  #someSide(condition: (side: Side) => boolean): Side | undefined {
    const sides = this.#world.conversations.flatMap((one) => [one.creator, one.joiner]);
    return this.#dice.maybePick(
      sides.filter(
        (side) => side.connection !== undefined && side.agent.instance !== undefined && condition(side),
      ),
    );
  }

  #twoAgents(): readonly [SimAgent, SimAgent] {
    const creator = this.#dice.pick(this.#world.agents);
    return [creator, this.#dice.pick(this.#world.agents.filter((agent) => agent !== creator))];
  }

  #note(side: Side, what: string): void {
    this.#world.journal.note(side.agent.name, `${side.name} ${what}`);
  }
}

/** Whether trying again may help. */
function isPassing({ code }: AgentError): boolean {
  return code.startsWith("BROKER") || code === "PROXY";
}
