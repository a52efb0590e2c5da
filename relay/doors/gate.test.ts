import { expect, it } from "vitest";
import { Gate } from "./gate.ts";
import { Room } from "./room.ts";

function enter(gate: Gate, address: string): () => void {
  const leave = gate.enter(address);
  if (leave === false) throw new Error("gate is closed");
  return leave;
}

it("a gate lets as many of an address in as its bound, and others in place of those who left", () => {
  const gate = new Gate(new Room(100), 2);
  const leave = enter(gate, "a");
  enter(gate, "a");
  expect(gate.enter("a")).toBe(false);
  enter(gate, "b");
  leave();
  enter(gate, "a");
  expect(gate.enter("a")).toBe(false);
});

it("a gate without a bound lets everybody in", () => {
  const gate = new Gate(new Room(100), 0);
  for (let count = 0; count < 100; count++) enter(gate, "a");
});

it("gates share their room, in which those who were kept out take none", () => {
  const room = new Room(3);
  const [one, other] = [new Gate(room, 1), new Gate(room, 0)];
  const leave = enter(one, "a");
  expect(one.enter("a")).toBe(false);
  enter(other, "a");
  enter(other, "b");
  expect(other.enter("c")).toBe(false);
  expect(one.enter("c")).toBe(false);
  leave();
  enter(other, "c");
  expect(one.enter("a")).toBe(false);
});
