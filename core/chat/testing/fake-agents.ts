import type {
  Agent,
  AgentEvent,
  ConfirmationId,
  ConnectionId,
  ConnectionStatus,
  CreatedLink,
  EventHandler,
  Integrity,
  ProfileId,
  RequestId,
} from "../../agent/api.ts";
import { AgentError } from "../../agent/errors.ts";
import { sha256 } from "../../crypto/hash.ts";
import type { Store, Transaction } from "../../store/store.ts";

interface FakeConnection {
  readonly id: ConnectionId;
  readonly kind: "invitation" | "contact" | "joined";
  peer: { readonly agent: FakeAgent; readonly id: ConnectionId } | undefined;
  established: boolean;
  sync: ConnectionStatus["ratchetSync"];
  code: number;
  nextId: number;
  pending: number;
}

/**
 * Agents without a network: what one sends is put to the other in a transaction of its own, when `settle` is
 * called. For tests of the chat alone; the agent's own tests and the scenarios have the real one.
 */
export class FakeAgents {
  readonly #queue: (() => void)[] = [];
  readonly #links = new Map<
    string,
    { readonly agent: FakeAgent; readonly id: ConnectionId; userData?: Uint8Array }
  >();
  #nextLink = 1;

  create(store: Store, nowMs: () => number): FakeAgent {
    return new FakeAgent(this, store, nowMs);
  }

  /** Delivers everything, and what follows from it. */
  async settle(): Promise<void> {
    for (let step = this.#queue.shift(); step !== undefined; step = this.#queue.shift()) {
      step();
      await Promise.resolve();
    }
  }

  later(step: () => void): void {
    this.#queue.push(step);
  }

  newLink(agent: FakeAgent, id: ConnectionId, kind: string, userData: Uint8Array | undefined): CreatedLink {
    const shortLink = `https://relay.example/${kind}#${this.#nextLink++}`;
    this.#links.set(shortLink, { agent, id, ...(userData === undefined ? {} : { userData }) });
    return { connection: id, fullLink: shortLink, shortLink };
  }

  newRequest(): string {
    return `request-${this.#nextLink++}`;
  }

  link(text: string): { readonly agent: FakeAgent; readonly id: ConnectionId; userData?: Uint8Array } {
    const found = this.#links.get(text);
    if (found === undefined) throw new AgentError("SMP AUTH");
    return found;
  }

  expire(text: string): void {
    this.#links.delete(text);
  }
}

export class FakeAgent implements Agent {
  readonly #agents: FakeAgents;
  readonly #store: Store;
  readonly #nowMs: () => number;
  readonly #connections = new Map<ConnectionId, FakeConnection>();
  readonly #pending = new Map<string, { readonly agent: FakeAgent; readonly id: ConnectionId }>();
  readonly receipts: number[] = [];
  #handler: EventHandler = () => undefined;
  #profiles = 0;
  #nextConnection = 1;
  /** What the next received message has; then ok again. */
  integrity: Integrity = { type: "ok" };
  /** Sent messages get stuck when this is off. */
  online = true;

  constructor(agents: FakeAgents, store: Store, nowMs: () => number) {
    this.#agents = agents;
    this.#store = store;
    this.#nowMs = nowMs;
  }

  /** Puts an event to the handler as the agent does. */
  emit(event: AgentEvent): void {
    this.#store.transaction((tx) => this.#handler(event, tx));
  }

  /** As `emit`, for events of a connection. */
  emitFor(connection: ConnectionId, event: Record<string, unknown> & { readonly type: string }): void {
    this.emit({ profile: 1, connection, ...event } as unknown as AgentEvent);
  }

  /** Gives both sides another security code, as a re-synchronisation does. */
  renewCode(id: ConnectionId): void {
    const own = this.connection(id);
    own.code++;
    if (own.peer !== undefined) own.peer.agent.connection(own.peer.id).code++;
  }

  connection(id: ConnectionId): FakeConnection {
    const found = this.#connections.get(id);
    if (found === undefined) throw new AgentError("CONN NOT_FOUND");
    return found;
  }

  start(handler: EventHandler): void {
    this.#handler = handler;
  }
  async stop(): Promise<void> {
    this.#handler = () => undefined;
  }
  reconnect(): void {}
  reopen(): void {}
  unfinished(): number {
    return 0;
  }
  createProfile(): ProfileId {
    return ++this.#profiles;
  }
  setRelays(): void {}
  setRouting(): void {}
  deleteProfile(): void {}
  profiles(): readonly ProfileId[] {
    return this.#profiles === 0 ? [] : [1];
  }
  async createInvitation(
    _profile: ProfileId,
    options?: { readonly userData?: Uint8Array },
  ): Promise<CreatedLink> {
    return this.#agents.newLink(this, this.#add("invitation").id, "i", options?.userData);
  }
  async createAddress(
    _profile: ProfileId,
    options?: { readonly userData?: Uint8Array },
  ): Promise<CreatedLink> {
    return this.#agents.newLink(this, this.#add("contact").id, "a", options?.userData);
  }
  async setLinkData(): Promise<string> {
    return "";
  }
  async deleteLinkData(): Promise<void> {}
  async resolve(_profile: ProfileId, link: string) {
    if (!link.startsWith("https://relay.example/")) throw new AgentError("AGENT A_LINK", "not a link");
    const { agent, id, userData } = this.#agents.link(link);
    const kind = agent.connection(id).kind === "contact" ? ("contact" as const) : ("invitation" as const);
    return {
      kind,
      fullLink: link,
      own: agent === this ? id : undefined,
      userData,
      direct: true,
      relays: [],
      entityId: undefined,
      rootKey: undefined,
      owners: [],
    };
  }
  join(_profile: ProfileId, link: string, info: Uint8Array): ConnectionId {
    const { agent, id } = this.#agents.link(link);
    const own = this.#add("joined");
    const asked = this.#agents.newRequest();
    agent.#pending.set(asked, { agent: this, id: own.id });
    const contact = agent.connection(id).kind === "contact";
    if (!contact) this.#agents.expire(link);
    this.#agents.later(() => this.emitFor(own.id, { type: "joined", secured: true }));
    this.#agents.later(() =>
      agent.emitFor(id, {
        ...(contact ? { type: "request", request: asked } : { type: "confirmation", confirmation: asked }),
        info,
        postQuantum: true,
        relays: [],
      }),
    );
    return own.id;
  }
  allow(connection: ConnectionId, confirmation: ConfirmationId, info: Uint8Array): void {
    const own = this.connection(connection);
    const peer = this.#asked(confirmation);
    own.peer = peer;
    peer.agent.connection(peer.id).peer = { agent: this, id: own.id };
    this.#agents.later(() => peer.agent.emitFor(peer.id, { type: "info", info, postQuantum: true }));
    this.#agents.later(() => peer.agent.#connected(peer.id));
    this.#agents.later(() => this.#connected(own.id));
  }
  /** The one who asked is then told, and has to allow in turn. */
  accept(request: RequestId, info: Uint8Array): ConnectionId {
    const own = this.#add("joined");
    const asker = this.#asked(request);
    const confirmation = this.#agents.newRequest();
    asker.agent.#pending.set(confirmation, { agent: this, id: own.id });
    this.#agents.later(() =>
      asker.agent.emitFor(asker.id, {
        type: "confirmation",
        confirmation,
        info,
        postQuantum: true,
        relays: [],
      }),
    );
    return own.id;
  }
  reject(request: RequestId): void {
    this.#pending.delete(request);
  }
  pending(connection: ConnectionId): number {
    return this.#connections.get(connection)?.pending ?? 0;
  }
  send(connection: ConnectionId, body: Uint8Array): number {
    const own = this.connection(connection);
    if (!own.established) throw new AgentError("CONN SIMPLEX");
    const id = own.nextId++;
    own.pending++;
    if (this.online) this.#agents.later(() => this.#deliver(own, id, body));
    return id;
  }
  messageLengthMax(): number {
    return 15_602;
  }
  receipt(connection: ConnectionId, id: number, _transaction?: Transaction): void {
    this.receipts.push(id);
    const { peer } = this.connection(connection);
    this.#agents.later(() =>
      peer?.agent.emitFor(peer.id, { type: "receipt", receipts: [{ id, status: "ok" }] }),
    );
  }
  switchRelay(): void {}
  renewRatchets(): void {
    throw new Error("the store of a fake agent is never an old one");
  }

  synchronizeRatchet(connection: ConnectionId): void {
    this.connection(connection).sync = "started";
  }
  setPostQuantum(): void {}
  suspend(): void {}
  delete(connection: ConnectionId): void {
    this.#connections.delete(connection);
  }
  connections(): readonly ConnectionId[] {
    return [...this.#connections.keys()];
  }
  status(connection: ConnectionId): ConnectionStatus {
    const own = this.connection(connection);
    return {
      profile: 1,
      kind: own.kind,
      established: own.established,
      suspended: false,
      agentVersion: 7,
      receive: [],
      send: [],
      ratchetSync: own.sync,
      postQuantumReceived: true,
      postQuantumSent: true,
      pending: own.pending,
    };
  }
  securityCode(connection: ConnectionId): Uint8Array {
    return sha256(Uint8Array.of(this.connection(connection).code));
  }

  #add(kind: FakeConnection["kind"]): FakeConnection {
    const id = `connection-${this.#nextConnection++}` as ConnectionId;
    const own: FakeConnection = {
      id,
      kind,
      peer: undefined,
      established: false,
      sync: "ok",
      code: 0,
      nextId: 1,
      pending: 0,
    };
    this.#connections.set(id, own);
    return own;
  }

  #asked(request: string): { readonly agent: FakeAgent; readonly id: ConnectionId } {
    const found = this.#pending.get(request);
    if (found === undefined) throw new AgentError("CONN NOT_FOUND");
    return found;
  }

  #connected(id: ConnectionId): void {
    this.connection(id).established = true;
    this.emitFor(id, { type: "connected", postQuantum: true });
  }

  #deliver(own: FakeConnection, id: number, body: Uint8Array): void {
    own.pending--;
    if (this.#connections.has(own.id)) this.emitFor(own.id, { type: "sent", id, proxied: false });
    const { peer } = own;
    if (peer === undefined || !peer.agent.#connections.has(peer.id)) return;
    const { integrity } = peer.agent;
    peer.agent.integrity = { type: "ok" };
    const relayTimeMs = Math.floor(this.#nowMs() / 1000) * 1000;
    peer.agent.emitFor(peer.id, {
      type: "message",
      message: {
        id,
        sharedId: id,
        body,
        relayTimeMs,
        receivedMs: this.#nowMs(),
        integrity,
        postQuantum: true,
        notify: true,
      },
    });
  }
}
