import { base64urlEncodeUnpadded } from "../../bytes/index.ts";
import type { RelayAddress, RelayAddressWithAuth } from "../../smp/address.ts";
import type { SmpClient } from "../../smp/client/client.ts";
import { connectClient } from "../../smp/client/connect.ts";
import type { ClientOptions } from "../../smp/client/options.ts";
import type { ProxySession } from "../../smp/client/proxied.ts";
import { ProtocolError } from "../../smp/errors.ts";
import type { Connect } from "../../transport/doors.ts";
import { TransportError } from "../../transport/errors.ts";
import type { ProfileId } from "../api.ts";
import { relayKey } from "../state/codecs.ts";
import type { Network, NetworkEvents, NetworkFactory } from "./network.ts";
import { RelayFault, relayFault } from "./relay-fault.ts";

interface Session {
  readonly relay: RelayAddress;
  readonly profile: ProfileId;
  readonly client: Promise<SmpClient>;
  /** Ends the session, whatever it has come to. */
  readonly ending: AbortController;
  /** Sessions that this relay has as our proxy, by the relay behind it. */
  readonly proxied: Map<string, Promise<ProxySession>>;
}

/** Length of what tells an agent's circuits from those of others, in bytes. */
const isolationLength = 16;

/** The network over real sessions. @param connect opens connections; each profile of each agent is an isolation of its own */
export function smpNetwork(connect: Connect, options: ClientOptions): NetworkFactory {
  return (events) => new SmpNetwork(connect, options, events);
}

class SmpNetwork implements Network {
  readonly #connect: Connect;
  readonly #options: ClientOptions;
  readonly #events: NetworkEvents;
  readonly #sessions = new Map<string, Session>();
  /** Random, so that no other agent on this machine, nor this one at another time, shares a circuit with it. */
  readonly #isolation: string;
  #closed = false;

  constructor(connect: Connect, options: ClientOptions, events: NetworkEvents) {
    this.#connect = connect;
    this.#options = options;
    this.#events = events;
    this.#isolation = base64urlEncodeUnpadded(options.random(isolationLength));
  }

  async withSession<T>(
    profile: ProfileId,
    relay: RelayAddress,
    run: (client: SmpClient) => Promise<T>,
  ): Promise<T> {
    const session = this.#session(profile, relay);
    try {
      return await run(await session.client);
    } catch (error) {
      throw faultIn(session, error, relayKey(relay));
    }
  }

  async withProxy<T>(
    profile: ProfileId,
    { relay, password }: RelayAddressWithAuth,
    destination: RelayAddress,
    run: (client: SmpClient, session: ProxySession) => Promise<T>,
  ): Promise<T> {
    const behind = relayKey(destination);
    const session = this.#session(profile, relay);
    try {
      const client = await session.client;
      try {
        return await run(client, await this.#proxySession(session, client, destination, password));
      } catch (error) {
        if (!isSessionGone(error)) throw error;
        session.proxied.delete(behind);
        return await run(client, await this.#proxySession(session, client, destination, password));
      }
    } catch (error) {
      throw faultIn(session, error, `${relayKey(relay)} for ${behind}`);
    }
  }

  end(which: (profile: ProfileId, relay: RelayAddress) => boolean): void {
    const ended = [...this.#sessions].filter(([, { profile, relay }]) => which(profile, relay));
    for (const [key, { ending }] of ended) {
      this.#sessions.delete(key);
      ending.abort();
    }
    for (const [, { profile, relay }] of ended) this.#events.disconnected(profile, relay);
  }

  close(): void {
    this.#closed = true;
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const { client } of sessions) client.then((one) => one.close()).catch(() => undefined);
  }

  #session(profile: ProfileId, relay: RelayAddress): Session {
    if (this.#closed) throw relayFault(new TransportError("closed", "network is closed"), relayKey(relay));
    const key = `${profile} ${relayKey(relay)}`;
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const ending = new AbortController();
    const isolation = `${this.#isolation}-${profile}`;
    const client = connectClient(this.#connect, relay, this.#options, isolation, ending.signal);
    const session = { relay, profile, client, ending, proxied: new Map<string, Promise<ProxySession>>() };
    this.#sessions.set(key, session);
    client.then(
      (connected) => this.#follow(key, session, connected),
      () => this.#forget(key, session),
    );
    return session;
  }

  #forget(key: string, session: Session): boolean {
    if (this.#sessions.get(key) !== session) return false;
    this.#sessions.delete(key);
    return true;
  }

  async #follow(key: string, session: Session, client: SmpClient): Promise<void> {
    const { profile, relay } = session;
    if (this.#closed) {
      client.close();
      return;
    }
    void client.closed.then(() => {
      if (this.#forget(key, session) && !this.#closed) this.#events.disconnected(profile, relay);
    });
    for await (const event of client.events) {
      if (this.#closed) return;
      this.#events.received(profile, relay, event);
    }
  }

  #proxySession(
    session: Session,
    client: SmpClient,
    destination: RelayAddress,
    password: Uint8Array | undefined,
  ): Promise<ProxySession> {
    const key = relayKey(destination);
    const known = session.proxied.get(key);
    if (known !== undefined) return known;
    const opened = client.openProxySession(destination, password).catch((error: unknown) => {
      throw proxyFault(error, `${relayKey(session.relay)} for ${key}`);
    });
    session.proxied.set(key, opened);
    opened.catch(() => session.proxied.delete(key));
    return opened;
  }
}

/** The fault of a command; one in a session that was ended says nothing of the relay. */
function faultIn({ ending }: Session, error: unknown, relays: string): RelayFault {
  const fault = relayFault(error, relays);
  if (!ending.signal.aborted) return fault;
  return new RelayFault("BROKER NETWORK", relays, { temporary: true, host: false }, { cause: fault });
}

/** The proxy has lost its session with the relay behind it. */
function isSessionGone(error: unknown): boolean {
  return (
    error instanceof ProtocolError && error.error.type === "PROXY" && error.error.error.type === "NO_SESSION"
  );
}

/** A proxy that can't reach the relay, or will not: another way there, or another time, may do. */
function proxyFault(error: unknown, relays: string): RelayFault {
  const { code, detail, error: answer, temporary } = relayFault(error, relays);
  return new RelayFault(
    code,
    detail,
    { temporary: temporary || answer !== undefined, host: true, error: answer },
    { cause: error },
  );
}
