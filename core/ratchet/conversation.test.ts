import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RatchetError } from "./ratchet.ts";
import { type Beginning, type Party, twoParties } from "./testing/parties.ts";

/** What happens next; `pick` chooses among the messages on their way. */
type Event =
  | { readonly type: "send"; readonly toBob: boolean; readonly pq: boolean | undefined }
  | { readonly type: "deliver" | "lose" | "repeat"; readonly toBob: boolean; readonly pick: number };

const pick = fc.nat({ max: 1000 });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("send" as const),
      toBob: fc.boolean(),
      pq: fc.option(fc.boolean(), { nil: undefined, freq: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("deliver" as const), toBob: fc.boolean(), pick }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom("lose" as const, "repeat" as const),
      toBob: fc.boolean(),
      pick,
    }),
  },
);

const beginning: fc.Arbitrary<Beginning> = fc.record({
  seed: fc.integer(),
  version: fc.constantFrom(2, 3),
  invitationPq: fc.boolean(),
  alicePq: fc.boolean(),
  bobPq: fc.boolean(),
});

/** One direction: what is on its way, what has arrived, and the numbers to tell the messages apart. */
interface Direction {
  readonly from: Party;
  readonly to: Party;
  sent: number;
  readonly onTheWay: { readonly text: string; readonly message: Uint8Array }[];
  readonly arrived: Uint8Array[];
}

function direction(from: Party, to: Party): Direction {
  return { from, to, sent: 0, onTheWay: [], arrived: [] };
}

function happen(event: Event, way: Direction): void {
  const { from, to, onTheWay, arrived } = way;
  if (event.type === "send") {
    // The inviting side can't send before it has received.
    if (from.state.sending === undefined) return;
    const text = `message ${way.sent++}`;
    onTheWay.push({ text, message: from.send(text, { pq: event.pq }) });
  } else if (event.type === "repeat") {
    const message = arrived[event.pick % Math.max(1, arrived.length)];
    if (message === undefined) return;
    const before = to.stored;
    expect(() => to.receive(message)).toThrow(RatchetError);
    expect(to.stored).toBe(before);
  } else if (onTheWay.length > 0) {
    const [next] = onTheWay.splice(event.pick % onTheWay.length, 1);
    if (next === undefined || event.type === "lose") return;
    expect(to.receive(next.message)).toBe(next.text);
    arrived.push(next.message);
  }
}

describe("two parties over a network that loses, reorders and repeats", () => {
  test("read every message that arrives exactly once, whatever they do about the KEM", () => {
    fc.assert(
      fc.property(beginning, fc.array(event, { maxLength: 60, size: "max" }), (start, events) => {
        const { alice, bob } = twoParties(start);
        const toBob = direction(alice, bob);
        const toAlice = direction(bob, alice);
        for (const one of events) happen(one, one.toBob ? toBob : toAlice);
        // What is still on its way arrives in the end, the last first.
        for (const way of [toBob, toAlice]) {
          for (const { text, message } of way.onTheWay.reverse()) expect(way.to.receive(message)).toBe(text);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("keep no skipped key once every message has arrived", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.shuffledSubarray([...Array(20).keys()], { minLength: 20 }),
        (seed, order) => {
          const { alice, bob } = twoParties({ seed });
          const messages = order.map((_, i) => alice.send(`${i}`));
          for (const i of order) expect(bob.receive(messages[i] ?? new Uint8Array(0))).toBe(`${i}`);
          expect(bob.skipped).toEqual([]);
        },
      ),
      { numRuns: 20 },
    );
  });
});
