// An agent with its store on the disk, as a program of its own, for tests that kill it: reads commands as lines of
// JSON, prints what happens as lines of JSON. Arguments: folder of the store, address of the relay.
import process from "node:process";
import { createInterface } from "node:readline";
import { utf8Decode, utf8Encode } from "../../bytes/index.ts";
import { systemClock } from "../../clock/system.ts";
import { systemRandom } from "../../crypto/random.ts";
import { openStore } from "../../store/sqlite/open.ts";
import { nodeConnect } from "../../transport/node/connect.ts";
import { createAgent } from "../agent.ts";
import type { ConnectionId } from "../api.ts";
import { smpNetwork } from "../network/smp-network.ts";

const [folder = "", relay = ""] = process.argv.slice(2);
const { store } = openStore({ folder, witnessFolder: `${folder}-witness` });
const clock = systemClock;
const random = systemRandom;
const shownTable = "test_shown";
const print = (line: unknown): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const agent = createAgent({
  store,
  clock,
  random,
  network: smpNetwork(nodeConnect({ nowMs: () => Date.now() }), { clock, random }),
});
const [
  profile = agent.createProfile([{ address: relay, receive: true, proxy: true }], {
    routing: "never",
    fallback: "allow",
  }),
] = agent.profiles();
// Relays that restart may have another port.
agent.setRelays(profile, [{ address: relay, receive: true, proxy: true }]);

agent.start((event, transaction) => {
  switch (event.type) {
    case "confirmation":
      agent.allow(event.connection, event.confirmation, utf8Encode("allowed"), transaction);
      break;
    case "request":
      agent.accept(event.request, utf8Encode("accepted"), {}, transaction);
      break;
    case "connected":
      print({ type: event.type, connection: event.connection });
      break;
    case "message": {
      const count = transaction.count(shownTable);
      transaction.put(shownTable, utf8Encode(String(count).padStart(8, "0")), event.message.body);
      print({ type: "shown", count: count + 1 });
      break;
    }
    case "error":
    case "failed":
      print({ type: event.type, fault: event.fault });
      break;
    default:
      break;
  }
});
print({ type: "ready" });

interface Command {
  readonly do: "invite" | "address" | "join" | "send" | "shown" | "connections" | "pending";
  readonly link?: string;
  readonly connection?: ConnectionId;
  readonly texts?: readonly string[];
}

async function perform({ do: what, link = "", connection, texts = [] }: Command): Promise<unknown> {
  switch (what) {
    case "invite":
      return agent.createInvitation(profile);
    case "address":
      return agent.createAddress(profile);
    case "join":
      return agent.join(profile, link, utf8Encode("joined"));
    case "send":
      for (const text of texts) if (connection !== undefined) agent.send(connection, utf8Encode(text));
      return texts.length;
    case "shown":
      return store.transaction((transaction) =>
        transaction.range(shownTable).map(({ value }) => utf8Decode(value)),
      );
    case "connections":
      return agent.connections(profile).map((id) => ({ id, ...agent.status(id) }));
    case "pending":
      return agent.connections(profile).reduce((sum, id) => sum + agent.status(id).pending, 0);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command;
  print({ type: "done", do: command.do, result: await perform(command) });
}
