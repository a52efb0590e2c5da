import type { Agent } from "../../core/agent/api.ts";
import { relayFault } from "../../core/agent/network/relay-fault.ts";
import type { NetworkControl } from "../../core/chat/chat.ts";
import { relayHost } from "../../core/chat/engine/relay-host.ts";
import type { Clock } from "../../core/clock/clock.ts";
import type { Random } from "../../core/crypto/random.ts";
import { parseRelayAddressWithAuth } from "../../core/smp/address.ts";
import { connectClient } from "../../core/smp/client/connect.ts";
import type { Connect } from "../../core/transport/doors.ts";
import { isLoopback } from "../../core/transport/loopback.ts";
import { nodeConnect } from "../../core/transport/node/connect.ts";
import type { SocksProxy } from "../../core/transport/node/dial.ts";

/** Longer than a straight connection, as circuits of Tor are built first. */
const proxyTimeoutMs = 60_000;

/** The network of one profile: how relays are reached, by settings that may change. */
export interface Reach {
  readonly connect: Connect;
  readonly control: NetworkControl;
}

/** What the settings and states of the network need of the agent. */
export type Sessions = Pick<Agent, "reconnect" | "reopen">;

/** @param sessions of the agent, which may not be there before the first settings are applied */
export function reach(clock: Clock, random: Random, sessions: () => Sessions): Reach {
  const nowMs = () => clock.nowMs();
  const straight = nodeConnect({ nowMs });
  let proxied: Connect | undefined;
  let proxyInUse: string | null = null;
  // A relay on this machine is not to be found through a proxy elsewhere.
  const connect: Connect = (destination, ...rest) =>
    (destination.hosts.every(({ name }) => isLoopback(name)) ? straight : (proxied ?? straight))(
      destination,
      ...rest,
    );
  return {
    connect,
    control: {
      async probe(address) {
        const { relay } = parseRelayAddressWithAuth(address, "smp");
        const startMs = clock.monotonicMs();
        try {
          const client = await connectClient(connect, relay, { clock, random }, "probe");
          client.close();
          return { tookMs: Math.round(clock.monotonicMs() - startMs), version: client.session.version };
        } catch (error) {
          throw relayFault(error, relayHost(address));
        }
      },
      apply({ socksProxy }) {
        if (socksProxy === proxyInUse) return;
        proxyInUse = socksProxy;
        proxied =
          socksProxy === null
            ? undefined
            : nodeConnect({ nowMs, proxy: parseProxy(socksProxy), timeoutMs: proxyTimeoutMs });
        sessions().reopen();
      },
      reconnect: () => sessions().reconnect(),
    },
  };
}

/** Takes `host:port` apart, where an IPv6 address is in brackets; the chat has checked the form. */
function parseProxy(text: string): SocksProxy {
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
}
