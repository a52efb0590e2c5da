// An agent with its store on the disk, as a program of its own, for tests that kill it: reads commands as lines of
// JSON, prints what happens as lines of JSON. Arguments: folder of the store, addresses of relays; each relay is used
// by a profile of its own. Connections go by the names that those who join give them. Every command can be given
// again to a program that was killed before it answered: what it had done already is not done twice.
import process from "node:process";
import { createInterface } from "node:readline";
import { shortText, tail, utf8Decode, utf8Encode, word32 } from "../../bytes/index.ts";
import { systemClock } from "../../clock/system.ts";
import { systemRandom } from "../../crypto/random.ts";
import { openStore } from "../../store/sqlite/open.ts";
import type { Transaction } from "../../store/store.ts";
import { Table } from "../../store/table.ts";
import { nodeConnect } from "../../transport/node/connect.ts";
import { createAgent } from "../agent.ts";
import type { AgentEvent, ConnectionId } from "../api.ts";
import { smpNetwork } from "../network/smp-network.ts";
import { connectionId } from "../state/codecs.ts";
import type { AgentCommand, AgentLine } from "./agent-child.ts";

const [folder = "", ...relays] = process.argv.slice(2);
const { store } = openStore({ folder, witnessFolder: `${folder}-witness` });
const clock = systemClock;
const random = systemRandom;

/** The connection of a name, and back. */
const idsByName = new Table("test_ids", shortText, connectionId);
const namesById = new Table("test_names", connectionId, shortText);
/** How many messages were given to the agent for a name, and how many it gave. */
const sentCounts = new Table("test_sent", shortText, word32);
const shownCounts = new Table("test_shown", shortText, word32);
/** What was shown for a name is in a table of its own, in the order in which it was. */
const shownOf = (name: string) => new Table(`test_shown_${name}`, word32, tail);

const print = (line: AgentLine): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

function call(transaction: Transaction, name: string, id: ConnectionId): void {
  idsByName.put(transaction, name, id);
  namesById.put(transaction, id, name);
}

const agent = createAgent({
  store,
  clock,
  random,
  network: smpNetwork(nodeConnect({ nowMs: () => Date.now() }), { clock, random }),
  defer: setImmediate,
});
const known = agent.profiles();
const profiles = relays.map(
  (address, i) =>
    known[i] ??
    agent.createProfile([{ address, receive: true, proxy: false }], { routing: "never", fallback: "allow" }),
);

function onEvent(event: AgentEvent, transaction: Transaction): void {
  switch (event.type) {
    case "confirmation":
      // At an address it is the owner who answers, and the connection has its name already.
      if (namesById.get(transaction, event.connection) === undefined)
        call(transaction, utf8Decode(event.info), event.connection);
      agent.allow(event.connection, event.confirmation, utf8Encode("allowed"), transaction);
      return;
    case "request":
      call(
        transaction,
        utf8Decode(event.info),
        agent.accept(event.request, utf8Encode("accepted"), {}, transaction),
      );
      return;
    case "joined":
    case "connected":
      print({ type: event.type, name: namesById.get(transaction, event.connection) ?? "" });
      return;
    case "message": {
      const name = namesById.get(transaction, event.connection) ?? "";
      const count = (shownCounts.get(transaction, name) ?? 0) + 1;
      shownCounts.put(transaction, name, count);
      shownOf(name).put(transaction, count, event.message.body);
      print({ type: "shown", name, count });
      if (event.message.integrity.type !== "ok")
        print({ type: "complaint", about: JSON.stringify(event.message.integrity) });
      return;
    }
    case "error":
    case "failed":
      print({ type: "complaint", about: `${event.type} ${event.fault.code} ${event.fault.detail}` });
      return;
    default:
      return;
  }
}

async function perform(command: AgentCommand): Promise<unknown> {
  switch (command.do) {
    case "invite":
      return (await agent.createInvitation(profileOf(command.relay))).fullLink;
    case "address":
      return (await agent.createAddress(profileOf(command.relay))).fullLink;
    case "join": {
      const { name, link, relay } = command;
      store.transaction((transaction) => {
        if (idsByName.get(transaction, name) !== undefined) return;
        call(transaction, name, agent.join(profileOf(relay), link, utf8Encode(name), {}, transaction));
      });
      return name;
    }
    case "send": {
      const { name, upTo } = command;
      store.transaction((transaction) => {
        const id = idOf(transaction, name);
        const sent = sentCounts.get(transaction, name) ?? 0;
        for (let i = sent; i < upTo; i++) agent.send(id, utf8Encode(String(i)), { transaction });
        sentCounts.put(transaction, name, Math.max(sent, upTo));
      });
      return upTo;
    }
    case "shown":
      return store.transaction((transaction) =>
        shownOf(command.name)
          .range(transaction)
          .map(({ value }) => utf8Decode(value)),
      );
    case "pending":
      return store.transaction(
        (transaction) => agent.status(idOf(transaction, command.name), transaction).pending,
      );
  }
}

function profileOf(relay: number): number {
  const profile = profiles[relay];
  if (profile === undefined) throw new RangeError(`cannot use relay ${relay}: there is no such one`);
  return profile;
}

function idOf(transaction: Transaction, name: string): ConnectionId {
  const id = idsByName.get(transaction, name);
  if (id === undefined) throw new RangeError(`cannot use connection ${name}: there is no such one`);
  return id;
}

agent.start(onEvent);
for await (const line of createInterface({ input: process.stdin })) {
  const { number, ...command } = JSON.parse(line) as AgentCommand & { readonly number: number };
  print({ type: "done", number, result: await perform(command) });
}
