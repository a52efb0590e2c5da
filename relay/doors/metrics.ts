import type { Relay } from "../relay.ts";
import { statNames } from "../stats.ts";

const prefix = "sotto_relay";

/** Totals of a relay in the text form of Prometheus: nothing by client, queue or address. */
export async function metricsText(relay: Relay): Promise<string> {
  const { queues, notifiers } = relay.subscriptions.counts;
  const stored = await relay.storedCounts.get();
  const gauges: readonly (readonly [string, number])[] = [
    ["connections_open", relay.connectionCount],
    ["subscriptions", queues],
    ["notification_subscriptions", notifiers],
    ["stored_queues", stored.queues],
    ["stored_messages", stored.messages],
    ["stored_notifications", stored.notifications],
  ];
  const lines = gauges.flatMap(([name, value]) => [
    `# TYPE ${prefix}_${name} gauge`,
    `${prefix}_${name} ${value}`,
  ]);
  for (const stat of statNames) {
    const name = `${prefix}_${stat.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`;
    lines.push(`# TYPE ${name} counter`, `${name} ${relay.stats.get(stat)}`);
  }
  return `${lines.join("\n")}\n`;
}
