import { compatibleRange, DecodeError } from "../../core/bytes/index.ts";
import type { Clock } from "../../core/clock/clock.ts";
import { CryptoError } from "../../core/crypto/errors.ts";
import type { Random } from "../../core/crypto/random.ts";
import { formatRelayAddress, type RelayAddress } from "../../core/smp/address.ts";
import { type SmpClient, startClient, UnexpectedResponseError } from "../../core/smp/client/index.ts";
import type { Command } from "../../core/smp/command.ts";
import type { BrokerError, SmpError } from "../../core/smp/error.ts";
import { ProtocolError } from "../../core/smp/errors.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import type { SignedKey } from "../../core/smp/signed-key.ts";
import { proxiedVersions } from "../../core/smp/version.ts";
import type { Connect } from "../../core/transport/doors.ts";
import { TransportError } from "../../core/transport/errors.ts";
import { idKey } from "../id-key.ts";
import { PrivateAddressError } from "./private-address-error.ts";
import type { ForwardingProxy } from "./proxy.ts";

export interface ForwardingOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Reaches relays of the public internet. */
  readonly connect: Connect;
  /** Connections to relays at one time. */
  readonly connectionsMax: number;
  /** Those among them that clients of one address had made. 0: as many as there are. */
  readonly connectionsPerAddressMax: number;
}

interface Connection {
  readonly client: Promise<SmpClient>;
  /** Where the client is that had it made. */
  readonly madeFor: string;
  usedMs: number;
}

/** A relay that could not be reached is not tried again for so long, in milliseconds. */
const failureHoldMs = 10_000;
/** A connection that nobody uses is closed after so long, in milliseconds. */
const idleMs = 900_000;
/**
 * The longest certificate chain and key that PKEY hands on, in bytes: a relay's handshake has room for more than is
 * left beside the ids, of up to 255 bytes each, in the block for the client.
 */
const signedKeyLengthMax = 15_000;

/**
 * Forwards commands to other relays. All clients share one connection to a relay, so that it cannot tell
 * them apart. The pool is bounded, and so is the share of each client's address: what was used longest ago makes room,
 * of its own where its share is full, so that nobody takes the proxy from others ("Request proxied session").
 */
export class Forwarding implements ForwardingProxy {
  readonly #options: ForwardingOptions;
  readonly #connections = new Map<string, Connection>();
  readonly #sessions = new Map<string, { readonly client: SmpClient; readonly connection: Connection }>();
  readonly #failures = new Map<string, { readonly error: SmpError; readonly untilMs: number }>();

  /** Where the clients are for whom connections are being made, those included that had to make room already. */
  readonly #dialling: string[] = [];

  constructor(options: ForwardingOptions) {
    this.#options = options;
  }

  async open(relay: RelayAddress, client: string): Promise<BrokerMessage> {
    const name = formatRelayAddress(relay);
    const held = this.#failures.get(name);
    if (held !== undefined && held.untilMs > this.#options.clock.monotonicMs()) return failed(held.error);
    if (!this.#connections.has(name) && !this.#mayDial(client)) return failed(broker({ type: "TIMEOUT" }));
    try {
      const { session } = await this.#connection(name, relay, client).client;
      const versionRange = compatibleRange(session.versionRange, proxiedVersions);
      if (versionRange === undefined || session.version < proxiedVersions.min)
        return failed(transport("VERSION"));
      if (session.signedKey === undefined) return failed(transport("NO_AUTH"));
      if (signedKeyLength(session.signedKey) > signedKeyLengthMax) return failed(transport("LARGE_MSG"));
      return { type: "PKEY", sessionId: session.sessionId, versionRange, signedKey: session.signedKey };
    } catch (error) {
      const described = describe(error);
      this.#holdFailure(name, described);
      return failed(described);
    }
  }

  async forward(
    sessionId: Uint8Array,
    correlationId: Uint8Array,
    { version, key, encrypted }: Extract<Command, { type: "PFWD" }>,
  ): Promise<BrokerMessage> {
    const session = this.#sessions.get(idKey(sessionId));
    if (session === undefined) return failed({ type: "PROXY", error: { type: "NO_SESSION" } });
    session.connection.usedMs = this.#options.clock.monotonicMs();
    try {
      const response = await session.client.forwardCommand({ correlationId, version, key, encrypted });
      return { type: "PRES", encrypted: response.encrypted };
    } catch (error) {
      return failed(describe(error));
    }
  }

  close(): void {
    for (const name of [...this.#connections.keys()]) this.#drop(name);
  }

  #mayDial(client: string): boolean {
    if (this.#dialling.length >= this.#options.connectionsMax) return false;
    return this.#dialling.filter((other) => other === client).length < this.#share;
  }

  /** Connections that clients of one address may have. */
  get #share(): number {
    return this.#options.connectionsPerAddressMax || this.#options.connectionsMax;
  }

  #connection(name: string, relay: RelayAddress, madeFor: string): Connection {
    const { clock } = this.#options;
    const present = this.#connections.get(name);
    if (present !== undefined) {
      present.usedMs = clock.monotonicMs();
      return present;
    }
    this.#makeRoom(madeFor);
    const client = this.#connect(relay, madeFor);
    const connection: Connection = { client, madeFor, usedMs: clock.monotonicMs() };
    this.#connections.set(name, connection);
    client.then(
      (made) => this.#watch(name, connection, made),
      () => this.#forget(name, connection),
    );
    return connection;
  }

  async #connect(relay: RelayAddress, madeFor: string): Promise<SmpClient> {
    const { clock, random, connect } = this.#options;
    this.#dialling.push(madeFor);
    try {
      const transport = await connect(relay);
      // Blocks to a proxy are not encrypted, as what is in them is; but where TLS may end early, they have to be.
      const isProxy = transport.door === "tls";
      return await startClient(transport, relay.keyHash, { clock, random, isProxy });
    } finally {
      this.#dialling.splice(this.#dialling.indexOf(madeFor), 1);
    }
  }

  #watch(name: string, connection: Connection, client: SmpClient): void {
    const id = idKey(client.session.sessionId);
    this.#sessions.set(id, { client, connection });
    void client.closed.then(() => {
      this.#sessions.delete(id);
      this.#forget(name, connection);
    });
    if (this.#connections.get(name) !== connection) client.close();
  }

  /** Closes what is idle, and at a bound the connection that was used longest ago, of the client or of all. */
  #makeRoom(client: string): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [name, { usedMs }] of this.#connections) if (nowMs - usedMs > idleMs) this.#drop(name);
    const all = [...this.#connections].sort(([, one], [, other]) => one.usedMs - other.usedMs);
    const own = all.filter(([, { madeFor }]) => madeFor === client);
    const [oldest] = own.length >= this.#share ? own : all.length >= this.#options.connectionsMax ? all : [];
    if (oldest !== undefined) this.#drop(oldest[0]);
  }

  #drop(name: string): void {
    const connection = this.#connections.get(name);
    this.#connections.delete(name);
    connection?.client.then(
      (client) => client.close(),
      () => undefined,
    );
  }

  #forget(name: string, connection: Connection): void {
    if (this.#connections.get(name) === connection) this.#connections.delete(name);
  }

  #holdFailure(name: string, error: SmpError): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [other, { untilMs }] of this.#failures) if (untilMs <= nowMs) this.#failures.delete(other);
    if (this.#failures.size < this.#options.connectionsMax) {
      this.#failures.set(name, { error, untilMs: nowMs + failureHoldMs });
    }
  }
}

function signedKeyLength({ certificateChain, signedKey }: SignedKey): number {
  return certificateChain.reduce((length, certificate) => length + certificate.length, signedKey.length);
}

function failed(error: SmpError): BrokerMessage {
  return { type: "ERR", error };
}

function broker(error: BrokerError): SmpError {
  return { type: "PROXY", error: { type: "BROKER", error } };
}

function transport(type: "BLOCK" | "VERSION" | "LARGE_MSG" | "SESSION" | "NO_AUTH"): SmpError {
  return broker({ type: "TRANSPORT", error: { type } });
}

/** What went wrong with the other relay, in the words of the protocol ("Error responses"). */
function describe(error: unknown): SmpError {
  if (error instanceof ProtocolError)
    return { type: "PROXY", error: { type: "PROTOCOL", error: error.error } };
  if (error instanceof UnexpectedResponseError) return broker({ type: "UNEXPECTED", text: "" });
  if (error instanceof DecodeError) return broker({ type: "RESPONSE", text: "" });
  if (error instanceof CryptoError) return { type: "CRYPTO" };
  if (error instanceof PrivateAddressError) return broker({ type: "HOST" });
  if (!(error instanceof TransportError)) throw error;
  if (error.cause instanceof PrivateAddressError) return broker({ type: "HOST" });
  switch (error.code) {
    case "timeout":
      return broker({ type: "TIMEOUT" });
    case "identity":
      return broker({ type: "TRANSPORT", error: { type: "HANDSHAKE", error: "IDENTITY" } });
    case "certificate":
    case "handshake":
      return broker({ type: "TRANSPORT", error: { type: "HANDSHAKE", error: "BAD_AUTH" } });
    case "session-id":
      return transport("SESSION");
    case "version":
      return transport("VERSION");
    case "block":
      return transport("BLOCK");
    default:
      return broker({ type: "NETWORK", error: { type: "FAILED" } });
  }
}
