import { setImmediate } from "node:timers";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../core/clock/system.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { Relay } from "../relay.ts";
import { limitDefaults } from "../settings/limits.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { TestClient } from "../testing/client.ts";
import { testIdentity } from "../testing/identity.ts";
import { createQueue, idOf, sendCommand, textOf } from "../testing/queue.ts";
import { openTlsDoor } from "./tls-door.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});
