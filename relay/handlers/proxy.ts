import type { Command } from "../../core/smp/command.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import { type CommandContext, failure, type Outcome } from "./context.ts";

const basicAuthError = failure({ type: "PROXY", error: { type: "BASIC_AUTH" } });
/** The client has too many commands under way that wait for other relays. */
const tooMany = failure({
  type: "PROXY",
  error: { type: "BROKER", error: { type: "TIMEOUT" } },
});
const noSession = failure({ type: "PROXY", error: { type: "NO_SESSION" } });

/** PRXY: connects to another relay for a client, and tells that relay's session key ("Request proxied session"). */
export function openProxySession(
  context: CommandContext,
  { relay: address, basicAuth }: Extract<Command, { type: "PRXY" }>,
): Outcome {
  const { proxy } = context.relay;
  if (proxy === undefined || !context.relay.passwordMatches(basicAuth)) return basicAuthError;
  context.relay.stats.count("proxySessions");
  return later(context, () => proxy.open(address));
}

/** PFWD: forwards a command over such a connection ("Send command via proxy"). */
export function forwardProxied(
  context: CommandContext,
  command: Extract<Command, { type: "PFWD" }>,
): Outcome {
  const { proxy } = context.relay;
  if (proxy === undefined) return noSession;
  context.relay.stats.count("proxiedCommands");
  return later(context, () => proxy.forward(context.entityId, context.correlationId, command));
}

/** Replies when the other relay has; other commands of the connection do not wait for it. */
function later(
  { relay, session, correlationId, entityId }: CommandContext,
  run: () => Promise<BrokerMessage>,
): Outcome {
  if (session.proxiedCount >= relay.limits.proxiedCommandsMax) return tooMany;
  session.proxiedCount++;
  run()
    .catch((error: unknown): BrokerMessage => {
      relay.report(error);
      return { type: "ERR", error: { type: "INTERNAL" } };
    })
    .then((message) => {
      session.proxiedCount--;
      session.reply(correlationId, entityId, message);
    });
  return { reply: undefined };
}
