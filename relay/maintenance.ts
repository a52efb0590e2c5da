import type { Cancel } from "../core/clock/clock.ts";
import { TransportError } from "../core/transport/errors.ts";
import type { Relay } from "./relay.ts";

/**
 * What a relay does by itself: deletes what is too old, and ends connections that are idle or don't take
 * what they are sent. @returns stops it
 */
export function startMaintenance(relay: Relay): Cancel {
  const stopExpiry = every(relay, relay.limits.expiryIntervalSeconds * 1000, () => expire(relay));
  const stopSweep = every(relay, relay.limits.sweepIntervalSeconds * 1000, async () => sweep(relay));
  return () => {
    stopExpiry();
    stopSweep();
  };
}

function every({ clock, report }: Relay, intervalMs: number, run: () => Promise<void>): Cancel {
  let stopped = false;
  let cancel = clock.after(intervalMs, again);
  function again(): void {
    run()
      .catch(report)
      .finally(() => {
        if (!stopped) cancel = clock.after(intervalMs, again);
      });
  }
  return () => {
    stopped = true;
    cancel();
  };
}

/** Deletes messages, notifications and suspended queues that are older than the relay keeps them. */
export async function expire(relay: Relay): Promise<void> {
  const { store, stats, limits } = relay;
  const now = relay.nowSeconds();
  stats.count("messagesExpired", await store.expireMessages(now - limits.messageTtlSeconds));
  stats.count("notificationsExpired", await store.expireNotifications(now - limits.notificationTtlSeconds));
  stats.count("queuesDeleted", await store.expireSuspendedQueues(now - limits.suspendedTtlSeconds));
}

/** Ends connections without subscriptions that are silent, and those that have not read for too long. */
export function sweep({ clock, limits, sessions }: Relay): void {
  const nowMs = clock.monotonicMs();
  for (const session of [...sessions]) {
    const { blockedSinceMs, activeMs } = session;
    if (blockedSinceMs !== undefined && nowMs - blockedSinceMs >= limits.slowReaderTimeoutSeconds * 1000) {
      session.close(new TransportError("slow-reader", "cannot serve client: it does not read"));
    } else if (!session.subscribed && nowMs - activeMs >= limits.idleTimeoutSeconds * 1000) {
      session.close(new TransportError("timeout", "cannot serve client: it is idle"));
    }
  }
}
