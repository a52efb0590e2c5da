import type { AgentFault, AgentFaultCode } from "./api.ts";

/** A command of the agent can't be done; `code` says why in the protocol's own words. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentFaultCode;
  readonly detail: string;

  constructor(code: AgentFaultCode, detail = "", options?: ErrorOptions) {
    super(detail === "" ? code : `${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
  }

  /** The same as a plain value, for events and the store. */
  get fault(): AgentFault {
    return { code: this.code, detail: this.detail };
  }
}
