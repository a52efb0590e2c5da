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
}

interface Connection {
  readonly client: Promise<SmpClient>;
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
 * them apart; the pool is bounded, and what was used longest ago makes room ("Request proxied session").
 */
export class Forwarding implements ForwardingProxy {
  readonly #options: ForwardingOptions;
  readonly #connections = new Map<string, Connection>();
  readonly #sessions = new Map<string, { readonly client: SmpClient; readonly connection: Connection }>();
  readonly #failures = new Map<string, { readonly error: SmpError; readonly untilMs: number }>();

  /** Connections that are being made, those included that had to make room already. */
  #dialling = 0;

  constructor(options: ForwardingOptions) {
    this.#options = options;
  }

  async open(relay: RelayAddress): Promise<BrokerMessage> {
    const name = formatRelayAddress(relay);
    const held = this.#failures.get(name);
    if (held !== undefined && held.untilMs > this.#options.clock.monotonicMs()) return failed(held.error);
    if (!this.#connections.has(name) && this.#dialling >= this.#options.connectionsMax) {
      return failed(broker({ type: "TIMEOUT" }));
    }
    try {
      const { session } = await this.#connection(name, relay).client;
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

  #connection(name: string, relay: RelayAddress): Connection {
    const { clock } = this.#options;
    const present = this.#connections.get(name);
    if (present !== undefined) {
      present.usedMs = clock.monotonicMs();
      return present;
    }
    this.#makeRoom();
    const client = this.#connect(relay);
    const connection: Connection = { client, usedMs: clock.monotonicMs() };
    this.#connections.set(name, connection);
    client.then(
      (made) => this.#watch(name, connection, made),
      () => this.#forget(name, connection),
    );
    return connection;
  }

  async #connect(relay: RelayAddress): Promise<SmpClient> {
    const { clock, random, connect } = this.#options;
    this.#dialling++;
    try {
      const transport = await connect(relay);
      // Blocks to a proxy are not encrypted, as what is in them is; but where TLS may end early, they have to be.
      const isProxy = transport.door === "tls";
      return await startClient(transport, relay.keyHash, { clock, random, isProxy });
    } finally {
      this.#dialling--;
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

  /** Closes what is idle, and at the bound the connection that was used longest ago. */
  #makeRoom(): void {
    const nowMs = this.#options.clock.monotonicMs();
    let oldest: string | undefined;
    for (const [name, { usedMs }] of this.#connections) {
      if (nowMs - usedMs > idleMs) this.#drop(name);
      else if (usedMs < (this.#connections.get(oldest ?? name)?.usedMs ?? usedMs) || oldest === undefined)
        oldest = name;
    }
    if (oldest !== undefined && this.#connections.size >= this.#options.connectionsMax) this.#drop(oldest);
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
