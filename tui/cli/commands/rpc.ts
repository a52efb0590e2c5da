import process from "node:process";
import { ChatError } from "../../../core/chat/api.ts";
import { rpcServer } from "../../../core/chat/rpc/rpc.ts";
import { serveLines } from "../../rpc/serve.ts";
import type { Command } from "../command.ts";

export const rpc: Command = {
  name: "rpc",
  summary: "JSON-RPC 2.0 on standard input and output, for bots and scripts",
  usage: ["rpc"],
  options: {},
  details: `One object a line; each event of the chat is a notification "event". Ends at the end of the input, after
everything was answered. The methods are described in core/chat/API.md.`,
  arguments: [0, 0],
  async run({ openOrCreate, signal }) {
    const { chat, relayReady } = await openOrCreate();
    // If it does not start, the methods that need it say so.
    await relayReady().catch(() => undefined);
    const end = await serveLines((write) => rpcServer(chat, write), process.stdin, process.stdout, signal);
    if (end === "slow")
      throw new ChatError("closed", "Nobody read the answers and events; ended before memory ran out.");
  },
};
