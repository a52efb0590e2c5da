import type { RawCommand } from "../command.ts";

export const relay: RawCommand = {
  name: "relay",
  summary: "runs a relay on this machine in the foreground, on Node; sotto relay help tells more",
  usage: ["relay [command] [--setting value ...]"],
  async runRaw(args) {
    const [{ runCli }, { nodeRuntime }] = await Promise.all([
      import("../../../relay/cli/cli.ts"),
      import("../../../relay/node/runtime.ts"),
    ]);
    await runCli({ ...nodeRuntime, args });
  },
};
