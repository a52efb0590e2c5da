import { VirtualClock } from "../../core/clock/virtual.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { type MemoryLinkOptions, memoryLink } from "../../core/transport/memory.ts";
import { Relay, type RelayOptions } from "../relay.ts";
import { limitDefaults, type RelayLimits } from "../settings/limits.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { TestClient, type TestClientOptions } from "./client.ts";
import { testIdentity } from "./identity.ts";

const identity = testIdentity();

/** A relay in this process, on a virtual clock, and connections to it. */
export interface TestRelay {
  readonly relay: Relay;
  readonly clock: VirtualClock;
  /** Errors that were nobody's fault but the relay's. */
  readonly errors: unknown[];
  connect(options?: TestClientOptions, link?: Partial<MemoryLinkOptions>): Promise<TestClient>;
}

export function testRelay(
  options: Partial<Omit<RelayOptions, "limits">> & { readonly limits?: Partial<RelayLimits> } = {},
): TestRelay {
  const clock = new VirtualClock(Date.UTC(2026, 0, 15));
  const errors: unknown[] = [];
  const relay = new Relay({
    identity,
    store: new MemoryStore(),
    clock,
    random: systemRandom,
    newQueues: true,
    password: undefined,
    report: (error) => errors.push(error),
    ...options,
    limits: { ...limitDefaults, ...options.limits },
  });
  return {
    relay,
    clock,
    errors,
    async connect(clientOptions, link) {
      const { client, server } = memoryLink({ clock, sessionId: systemRandom(32), ...link });
      void relay.accept(server, "192.0.2.1");
      return TestClient.connect(client, relay.identity.keyHash, clientOptions);
    },
  };
}
