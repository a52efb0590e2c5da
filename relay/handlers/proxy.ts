import type { Command } from "../../core/smp/command.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import { type CommandContext, failure, type Outcome } from "./context.ts";

const basicAuthError = failure({ type: "PROXY", error: { type: "BASIC_AUTH" } });
const noSession = failure({ type: "PROXY", error: { type: "NO_SESSION" } });

/** PRXY: connects to another relay for a client, and tells that relay's session key ("Request proxied session"). */
export function openProxySession(
  context: CommandContext,
  { relay: address, basicAuth }: Extract<Command, { type: "PRXY" }>,
): Promise<Outcome> | Outcome {
  const { proxy } = context.relay;
  if (proxy === undefined || !context.relay.passwordMatches(basicAuth)) return basicAuthError;
  context.relay.stats.count("proxySessions");
  return later(context, () => proxy.open(address, context.session.remoteAddress));
}

/** PFWD: forwards a command over such a connection ("Send command via proxy"). */
export function forwardProxied(
  context: CommandContext,
  command: Extract<Command, { type: "PFWD" }>,
): Promise<Outcome> | Outcome {
  const { proxy } = context.relay;
  if (proxy === undefined) return noSession;
  context.relay.stats.count("proxiedCommands");
  return later(context, () => proxy.forward(context.entityId, context.correlationId, command));
}

/**
 * Replies when the other relay has; other commands of the connection do not wait for it, but when it has as many
 * under way as it may.
 */
async function later(
  { relay, session, correlationId, entityId }: CommandContext,
  run: () => Promise<BrokerMessage>,
): Promise<Outcome> {
  await session.proxied.take();
  run()
    .catch((error: unknown): BrokerMessage => {
      relay.report(error);
      return { type: "ERR", error: { type: "INTERNAL" } };
    })
    .then((message) => {
      session.proxied.give();
      session.reply(correlationId, entityId, message);
    });
  return { reply: undefined };
}
