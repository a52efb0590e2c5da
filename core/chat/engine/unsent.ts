import type { Agent, ConnectionId } from "../../agent/api.ts";

/** The connections that something was sent on since the chat was opened. */
export class Unsent {
  readonly #agent: Agent;
  readonly #connections = new Set<ConnectionId>();

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  note(connection: ConnectionId): void {
    this.#connections.add(connection);
  }

  /** How many messages wait on these connections until a relay has them, with what was there before them. */
  count(): number {
    return [...this.#connections].reduce((sum, connection) => sum + this.#agent.pending(connection), 0);
  }
}
