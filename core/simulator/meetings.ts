import type { ConnectionId, ProfileId } from "../agent/api.ts";
import { AgentError } from "../agent/errors.ts";
import { utf8Encode } from "../bytes/index.ts";
import { delay } from "../clock/clock.ts";
import { type AgentInstance, isFull } from "./agent-instance.ts";
import { type Conversation, infoOf, isWanted, newConversation } from "./conversation.ts";
import type { Dice } from "./dice.ts";
import { describeError } from "./journal.ts";
import { plaintextMark } from "./secrets.ts";
import { hasShortLinks } from "./settings.ts";
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
/** How people come to be connected: they make links, give them to each other, and join by them. */
export class Meetings {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #addresses: Address[] = [];
  /** What is still to be made or to be used. */
  #underWay = 0;

  constructor(world: World, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
  }

  get busy(): boolean {
    return this.#underWay > 0;
  }

  /** Makes two people connect by an invitation. */
  invite(): void {
    this.#begin(() => this.#invite());
  }

  createAddress(): void {
    this.#begin(() => this.#createAddress());
  }

  joinAddress(): void {
    this.#begin(() => this.#joinAddress());
  }

  changeLink(): void {
    this.#begin(() => this.#changeLink());
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
      this.#world.journal.note(joiner.agent.name, `${joiner.name} joins`);
      let id: ConnectionId | undefined;
      joiner.agent.actAlone(
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
        const { error } = result;
        if (!(error instanceof AgentError || isFull(error))) throw error;
        this.#world.journal.note(agent.name, `${what}: ${error}`);
        if (error instanceof AgentError && !isPassing(error)) {
          if (mayFail()) return undefined;
          this.#world.journal.problem(agent.name, `${what}, and never can: ${error.message}`);
          return undefined;
        }
      }
      await delay(this.#world.base, retryMs);
    }
  }

  #twoAgents(): readonly [SimAgent, SimAgent] {
    const creator = this.#dice.pick(this.#world.agents);
    return [creator, this.#dice.pick(this.#world.agents.filter((agent) => agent !== creator))];
  }
}

/** Whether trying again may help. */
function isPassing({ code }: AgentError): boolean {
  return code.startsWith("BROKER") || code === "PROXY";
}
