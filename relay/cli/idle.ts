import type { Clock } from "../../core/clock/clock.ts";
import type { Relay } from "../relay.ts";

/** How often connections are looked for, in milliseconds. */
const intervalMs = 500;

/** Calls back once when a relay has had no connection for so many seconds, the time after its start included. */
export function whenIdle(
  relay: Pick<Relay, "connectionCount">,
  clock: Clock,
  seconds: number,
  callback: () => void,
): void {
  let busyMs = clock.monotonicMs();
  const look = (): void => {
    const nowMs = clock.monotonicMs();
    if (relay.connectionCount > 0) busyMs = nowMs;
    if (nowMs - busyMs >= seconds * 1000) callback();
    else clock.after(intervalMs, look);
  };
  look();
}
