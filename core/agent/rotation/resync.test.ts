import { expect, it } from "vitest";
import { tables } from "../state/tables.ts";
import { down, errors, pairApart } from "../testing/pair.ts";
import { exchange, type TestAgent } from "../testing/world.ts";

const hourMs = 3_600_000;

function hasSwitched(agent: TestAgent, direction: "receive" | "send"): boolean {
  return agent.of("switch").some((event) => event.direction === direction && event.phase === "completed");
}

/** Both ends of a pair after a rotation and a new ratchet: all arrived, nothing went wrong, and they talk on. */
async function expectInOrder({ world, alice, bob, a, b }: Awaited<ReturnType<typeof pairApart>>) {
  await world.until(() => hasSwitched(alice, "receive") && hasSwitched(bob, "send"), hourMs);
  await world.until(
    () => bob.agent.status(b).ratchetSync === "ok" && alice.agent.status(a).ratchetSync === "ok",
  );
  await world.clock.advance(1_800_000);
  expect(alice.texts()).toEqual(["x"]);
  expect(alice.of("message").map(({ message }) => message.integrity.type)).toEqual(["ok"]);
  expect(errors(alice, bob)).toEqual([]);
  expect(await exchange(world, [alice, a], [bob, b])).toEqual(["ok", "ok"]);
  expect(alice.agent.status(a).ratchetSync).toBe("ok");
}

it("a message on its way when its sender starts the ratchet anew does not go to the added queue as it was", async () => {
  const two = await pairApart();
  const { world, alice, bob, a, b, current, spare } = two;
  down(world, current);
  bob.send(b, "x");
  await world.clock.advance(1_000);
  bob.agent.synchronizeRatchet(b, true);
  await world.clock.advance(180_000); // his keys are on their way too, before what he said
  alice.agent.switchRelay(a, spare.text);
  await world.until(() => bob.of("switch").some(({ phase }) => phase === "started"));
  const copies = bob.store.transaction((transaction) => tables.copies.range(transaction));
  expect(copies).toHaveLength(1); // of his keys
  current.up = true;
  await expectInOrder(two);
});

it("a message that the added queue brings after the ratchet was started anew is passed over: it comes again", async () => {
  const two = await pairApart();
  const { world, alice, bob, a, b, current, spare } = two;
  alice.agent.switchRelay(a, spare.text);
  await world.until(() => bob.of("switch").some(({ phase }) => phase === "started"));
  await alice.agent.stop();
  down(world, current);
  const before = spare.store.counts().messages;
  bob.send(b, "x");
  await world.until(() => spare.store.counts().messages > before + 1);
  bob.agent.synchronizeRatchet(b, true);
  down(world, spare);
  current.up = true;
  await alice.restart();
  await world.until(() => alice.agent.status(a).ratchetSync !== "ok");
  spare.up = true;
  await expectInOrder(two);
});
