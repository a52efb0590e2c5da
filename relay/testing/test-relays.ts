import { afterEach } from "vitest";
import {
  type RelayProcess,
  type RelayProcessOptions,
  type RuntimeName,
  startRelayProcess,
  temporaryFolder,
} from "./process.ts";

/** What the tests of a file start and make; all of it ends with its test, the last first. */
export interface TestRelays {
  /** A folder, with nothing in it. */
  folder(): string;
  /** As `startRelayProcess`; killed after the test if it still runs. */
  start(
    runtime: RuntimeName,
    path: string,
    flags?: readonly string[],
    options?: RelayProcessOptions,
  ): Promise<RelayProcess>;
  /** Does something after the test. */
  afterwards(cleanup: () => unknown): void;
}

/** To be called once, at the top of a test file. */
export function testRelays(): TestRelays {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  return {
    folder() {
      const { path, remove } = temporaryFolder();
      cleanups.push(remove);
      return path;
    },
    async start(runtime, path, flags, options) {
      const relay = await startRelayProcess(runtime, path, flags, options);
      cleanups.push(() => {
        relay.child.kill("SIGKILL");
        return relay.exited;
      });
      return relay;
    },
    afterwards: (cleanup) => void cleanups.push(cleanup),
  };
}
