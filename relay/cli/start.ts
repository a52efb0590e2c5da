import { systemClock } from "../../core/clock/system.ts";
import { runRelay } from "../run.ts";
import type { Runtime } from "../runtime.ts";
import { SettingError } from "../settings/settings.ts";
import type { CommandInput } from "./cli.ts";
import { ensureIdentity, loadIdentity, printAddress } from "./identity-commands.ts";
import { whenIdle } from "./idle.ts";

/** What stopping may take, in milliseconds. */
const stopTimeoutMs = 4500;

/** `start`: runs the relay until it is told to stop; makes its identity first when there is none. */
export async function start({ runtime, settings }: CommandInput): Promise<void> {
  if (!runtime.keepsFiles && settings.host[0]?.name === "localhost") {
    throw new SettingError("cannot use setting host: nobody reaches localhost here; set SOTTO_RELAY_HOST");
  }
  const isNew = ensureIdentity(runtime, settings);
  const identity = loadIdentity(runtime, settings);
  const running = await runRelay(runtime, settings, identity);
  if (isNew)
    runtime.print(`This is a new relay. Next time, start it in the same way:
  ${startLine(runtime)}
`);
  printAddress(runtime, settings, identity);
  for (const { name, port } of running.doors) runtime.print(`${name} door is open on port ${port}`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => runtime.exit(1), stopTimeoutMs);
    running.stop().then(
      () => runtime.exit(0),
      (error: unknown) => {
        runtime.report(error);
        runtime.exit(1);
      },
    );
  };
  runtime.onStop(stop);
  void running.lost.then(({ message }) => {
    runtime.printError(`the relay ends, as messages could be lost: ${message}`);
    runtime.exit(1);
  });
  const idleSeconds = settings["stop-when-idle"];
  if (idleSeconds !== undefined) whenIdle(running.relay, systemClock, idleSeconds, stop);
  runtime.onReload(() => running.reload(() => loadIdentity(runtime, settings)));
}

/** The line that starts this relay again; a password is better kept in the settings file. */
function startLine({ startCommand, args }: Runtime): string {
  const shown = args.map((arg, i) => (args[i - 1] === "--password" ? "..." : arg));
  return [startCommand, ...shown].join(" ");
}
