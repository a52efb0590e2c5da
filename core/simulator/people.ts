import type { ConnectionId } from "../agent/api.ts";
import { utf8Encode } from "../bytes/index.ts";
import type { AgentInstance } from "./agent-instance.ts";
import { nextText, type Side } from "./conversation.ts";
import type { Dice } from "./dice.ts";
import { Meetings } from "./meetings.ts";
import type { DeedWeights } from "./settings.ts";
import type { World } from "./world.ts";

const burstMax = 12;

/** What the people do: they connect, write, and put their connections to the test. */
export class People {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #meetings: Meetings;

  constructor(world: World) {
    this.#world = world;
    this.#dice = world.dice.fork();
    this.#meetings = new Meetings(world, this.#dice);
  }

  /** Whether somebody is still about to join. */
  get busy(): boolean {
    return this.#meetings.busy;
  }

  /** Does something at random. */
  act(): void {
    const deed = this.#dice.weighted(this.#world.settings.deeds);
    const kinds: Readonly<Record<keyof DeedWeights, () => void>> = {
      invite: () => this.meet(),
      address: () => this.#meetings.createAddress(),
      joinAddress: () => this.#meetings.joinAddress(),
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
      linkData: () => this.#meetings.changeLink(),
    };
    kinds[deed]();
  }

  /** Makes two people connect by an invitation. */
  meet(): void {
    this.#meetings.invite();
  }

  /** Each side that can says one more thing, which shows that the connection still works. */
  sayLastWords(side: Side): void {
    this.#sendFrom(side);
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
      side.agent.actAlone(
        (agent) => {
          id = agent.send(connection, body);
        },
        () => {
          if (id !== undefined) record(id);
        },
      );
    }
  }

  #command(what: string, run: (instance: AgentInstance, id: ConnectionId, side: Side) => void): void {
    const side = this.#someSide(({ removal }) => removal === undefined);
    const id = side?.connection;
    const instance = side?.agent.instance;
    if (side === undefined || id === undefined || instance === undefined) return;
    this.#note(side, what);
    side.agent.actAlone(
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
    side.agent.actAlone(
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

  #note(side: Side, what: string): void {
    this.#world.journal.note(side.agent.name, `${side.name} ${what}`);
  }
}
