import { ratchetAdHash } from "../ratchet/ratchet.ts";
import type { Transaction } from "../store/store.ts";
import type {
  AddressLinkOptions,
  Agent,
  ConfirmationId,
  ConnectionId,
  ConnectionStatus,
  CreateAddressOptions,
  CreatedLink,
  CreateOptions,
  DeleteOptions,
  EventHandler,
  JoinOptions,
  MessageId,
  ProfileId,
  RelaySetting,
  RequestId,
  ResolvedLink,
  RoutingSetting,
  SendOptions,
} from "./api.ts";
import * as commands from "./commands.ts";
import { deleteLinkData, setLinkData } from "./connect/change-link.ts";
import { createConnection } from "./connect/create-connection.ts";
import { resolveLink } from "./connect/resolve-link.ts";
import { AgentCore, type CoreOptions } from "./core.ts";
import type { PresetRelays } from "./links/preset-relays.ts";
import { messageBodyLengthMax } from "./messages/lengths.ts";
import { ratchetOf } from "./ratchet/ratchet-store.ts";
import { renewRatchets } from "./resync/renew-ratchets.ts";
import { startResync } from "./resync/start-resync.ts";
import { startReceiveSwitch } from "./rotation/receive-side.ts";
import { takeRequest } from "./state/requests.ts";
import { statusOf } from "./status.ts";
import { suspend } from "./suspend/suspend.ts";

/** What an agent is made of. */
export interface AgentOptions extends CoreOptions {
  /** Relays that short links may name by their host alone. */
  readonly presetRelays?: PresetRelays;
}

/** An agent over a store; it does nothing before `start`. @throws StoreError `newer` when a later version wrote the store */
export function createAgent(options: AgentOptions): Agent {
  return new SottoAgent(options);
}

/** The commands of the agent, each a function over its core. */
class SottoAgent implements Agent {
  readonly #core: AgentCore;
  readonly #presets: PresetRelays;

  constructor({ presetRelays = [], ...options }: AgentOptions) {
    this.#core = new AgentCore(options);
    this.#presets = presetRelays;
  }

  start(handler: EventHandler): void {
    this.#core.start(handler);
  }

  stop(): Promise<void> {
    this.#core.stop();
    return Promise.resolve();
  }

  reconnect(): void {
    this.#core.reconnect();
  }

  reopen(): void {
    this.#core.reopen(() => true);
  }

  unfinished(): number {
    return this.#core.transaction(commands.unfinished);
  }

  createProfile(relays: readonly RelaySetting[], routing?: RoutingSetting): ProfileId {
    return this.#core.transaction((work) => commands.createProfile(work, relays, routing));
  }

  setRelays(profile: ProfileId, relays: readonly RelaySetting[]): void {
    this.#core.changeProfile(profile, (work) => commands.setRelays(work, profile, relays));
  }

  setRouting(profile: ProfileId, routing: RoutingSetting): void {
    this.#core.changeProfile(profile, (work) => commands.setRouting(work, profile, routing));
  }

  deleteProfile(profile: ProfileId): void {
    this.#core.transaction((work) => commands.deleteProfile(work, profile));
  }

  profiles(): readonly ProfileId[] {
    return this.#core.transaction(commands.profilesOf);
  }

  createInvitation(profile: ProfileId, options: CreateOptions = {}): Promise<CreatedLink> {
    return createConnection(this.#core, "invitation", profile, options);
  }

  createAddress(profile: ProfileId, options: CreateAddressOptions = {}): Promise<CreatedLink> {
    return createConnection(this.#core, "contact", profile, options);
  }

  setLinkData(
    address: ConnectionId,
    userData: Uint8Array,
    options: AddressLinkOptions = {},
  ): Promise<string> {
    return setLinkData(this.#core, address, { ...options, userData });
  }

  deleteLinkData(address: ConnectionId): Promise<void> {
    return deleteLinkData(this.#core, address);
  }

  resolve(profile: ProfileId, link: string): Promise<ResolvedLink> {
    return resolveLink(this.#core, profile, link, this.#presets);
  }

  join(
    profile: ProfileId,
    link: string,
    info: Uint8Array,
    options: JoinOptions = {},
    transaction?: Transaction,
  ): ConnectionId {
    return this.#core.joined(transaction, (work) => commands.join(work, profile, link, info, options));
  }

  allow(
    connection: ConnectionId,
    confirmation: ConfirmationId,
    info: Uint8Array,
    transaction?: Transaction,
  ): void {
    this.#core.joined(transaction, (work) => commands.allow(work, connection, confirmation, info));
  }

  accept(
    request: RequestId,
    info: Uint8Array,
    options: JoinOptions = {},
    transaction?: Transaction,
  ): ConnectionId {
    return this.#core.joined(transaction, (work) => commands.accept(work, request, info, options));
  }

  reject(request: RequestId, transaction?: Transaction): void {
    this.#core.joined(transaction, ({ transaction: tx }) => void takeRequest(tx, request));
  }

  send(
    connection: ConnectionId,
    body: Uint8Array,
    { notify = true, transaction }: SendOptions = {},
  ): MessageId {
    return this.#core.joined(transaction, (work) => commands.send(work, connection, body, notify));
  }

  messageLengthMax(connection: ConnectionId, transaction?: Transaction): number {
    const { agentVersion, postQuantum } = this.#core.joined(transaction, (work) => work.get(connection));
    return messageBodyLengthMax(agentVersion, postQuantum);
  }

  receipt(connection: ConnectionId, id: MessageId, transaction?: Transaction): void {
    this.#core.joined(transaction, (work) => commands.receipt(work, connection, id));
  }

  switchRelay(connection: ConnectionId, relay?: string): void {
    this.#core.transaction((work) => startReceiveSwitch(work, work.get(connection), relay));
  }

  synchronizeRatchet(connection: ConnectionId, force = false): void {
    this.#core.transaction((work) => startResync(work, work.get(connection), force));
  }

  renewRatchets(transaction: Transaction): void {
    this.#core.joined(transaction, renewRatchets);
  }

  setPostQuantum(connection: ConnectionId, on: boolean): void {
    this.#core.transaction((work) => commands.setPostQuantum(work, connection, on));
  }

  suspend(connection: ConnectionId): void {
    this.#core.transaction((work) => suspend(work, connection));
  }

  delete(
    connection: ConnectionId,
    { waitDelivery = false }: DeleteOptions = {},
    transaction?: Transaction,
  ): void {
    this.#core.joined(transaction, (work) => commands.deleteConnection(work, connection, waitDelivery));
  }

  connections(profile: ProfileId): readonly ConnectionId[] {
    return this.#core.transaction((work) => commands.connectionsOf(work, profile));
  }

  pending(id: ConnectionId): number {
    return this.#core.transaction((work) => commands.pendingOf(work, { id }));
  }

  status(connection: ConnectionId, transaction?: Transaction): ConnectionStatus {
    return this.#core.joined(transaction, (work) =>
      statusOf(work, work.get(connection), this.#core.subscriptions),
    );
  }

  securityCode(connection: ConnectionId, transaction?: Transaction): Uint8Array {
    return this.#core.joined(transaction, (work) => ratchetAdHash(ratchetOf(work, work.get(connection))));
  }
}
