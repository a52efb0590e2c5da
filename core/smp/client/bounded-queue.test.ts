import { expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import { BoundedQueue } from "./bounded-queue.ts";

/** Lets promises that are ready run. */
const settle = () => new VirtualClock().advance(0);

async function read<T>(queue: BoundedQueue<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of queue) items.push(item);
  return items;
}

test("items come out as they went in, whether the reader or the writer was first", async () => {
  const queue = new BoundedQueue<number>(10);
  void queue.push(1);
  const items = read(queue);
  await settle();
  void queue.push(2);
  void queue.push(3);
  queue.end();
  expect(await items).toEqual([1, 2, 3]);
});

test("a writer waits while the queue is full, and goes on in its turn", async () => {
  const queue = new BoundedQueue<number>(2);
  const done: number[] = [];
  for (const item of [1, 2, 3, 4]) void queue.push(item).then(() => done.push(item));
  await settle();
  expect(done).toEqual([1, 2]);
  const reader = queue[Symbol.asyncIterator]();
  expect((await reader.next()).value).toBe(1);
  await settle();
  expect(done).toEqual([1, 2, 3]);
  queue.pushNow(5);
  queue.end();
  await settle();
  expect(done).toEqual([1, 2, 3, 4]);
  expect(await read(queue)).toEqual([2, 3, 5]);
});

test("a reader that waits is told of the end", async () => {
  const queue = new BoundedQueue<number>(2);
  const items = read(queue);
  await settle();
  queue.end();
  expect(await items).toEqual([]);
});
