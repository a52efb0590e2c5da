import { runCli } from "./cli/cli.ts";
import { nodeRuntime } from "./node/runtime.ts";

/** `sotto relay ...`: the relay's command line, on Node. @param args what follows `relay` */
export function relayCommand(args: readonly string[]): Promise<void> {
  return runCli({ ...nodeRuntime, args });
}
