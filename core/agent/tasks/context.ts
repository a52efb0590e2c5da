import type { VersionRange } from "../../bytes/index.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Random } from "../../crypto/random.ts";
import type { SmpClient } from "../../smp/client/client.ts";
import type { ConnectionId } from "../api.ts";
import type { Network } from "../network/network.ts";
import type { Work } from "../state/work.ts";

/** What work on the network needs of the agent. */
export interface TaskContext {
  readonly clock: Clock;
  readonly random: Random;
  /** The versions of the agent protocol that are spoken. */
  readonly agentVersions: VersionRange;
  readonly network: Network;
  readonly stopped: boolean;
  transaction<T>(run: (work: Work) => T): T;
  /** A queue was created and subscribed in the session of `client`. */
  subscribed(connection: ConnectionId, queueId: number, client: SmpClient): void;
  /** Something that can't happen has happened. */
  defect(error: unknown): void;
}
