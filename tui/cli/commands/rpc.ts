import process from "node:process";
import { type Chat, ChatError } from "../../../core/chat/api.ts";
import { rpcServer } from "../../../core/chat/rpc/rpc.ts";
import { answeringAfter, serveLines } from "../../rpc/serve.ts";
import type { Command } from "../command.ts";
import { sendTimeoutMs, type Wait, waitFor } from "../wait.ts";

/** How often it is looked whether all is sent: nothing tells of edits and reactions. */
const lookMs = 20;

export const rpc: Command = {
  name: "rpc",
  summary: "JSON-RPC 2.0 on standard input and output, for bots and scripts",
  usage: ["rpc"],
  options: {
    timeout: { value: "TIME", help: "how long to wait at the end for what was sent (30s); 0 does not wait" },
  },
  details: `One object a line; each event of the chat is a notification "event". Ends at the end of the input, after
everything was answered and what was sent is at the relay. What could not be sent in time is kept, and goes when sotto
runs next; the exit code says so. The methods are described in core/chat/API.md.`,
  arguments: [0, 0],
  async run({ openOrCreate, options, signal }) {
    const timeoutMs = options.durationMs("timeout") ?? sendTimeoutMs;
    const { chat, relayReady } = await openOrCreate();
    // If it does not start, the methods that need it say so. Events are followed at once: what waited at a relay may
    // come before that.
    const ready = relayReady().catch(() => undefined);
    const end = await serveLines(
      (write) => answeringAfter(ready, rpcServer(chat, write)),
      process.stdin,
      process.stdout,
      signal,
      (over) => allSent(chat, { timeoutMs, signal: over }),
    );
    if (end === "slow")
      throw new ChatError("closed", "Nobody read the answers and events; ended before memory ran out.");
  },
};

/** @throws ChatError relayUnreachable */
async function allSent(chat: Chat, wait: Wait): Promise<void> {
  if (wait.timeoutMs === 0) return;
  const sent = await waitFor(
    async () => (chat.unsent() === 0 ? true : undefined),
    (look) => {
      const timer = setInterval(look, lookMs);
      return () => clearInterval(timer);
    },
    wait,
  );
  if (sent === true) return;
  throw new ChatError(
    "relayUnreachable",
    "Not everything could be sent in time. It is kept, and goes when sotto runs next.",
  );
}
