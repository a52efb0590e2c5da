import { expect, it } from "vitest";
import { Slots } from "./slots.ts";

it("slots let so many run at a time, and the others in order after them", async () => {
  const slots = new Slots(2);
  const running: number[] = [];
  const jobs = [1, 2, 3, 4].map((job) => slots.take().then(() => running.push(job)));
  await Promise.all(jobs.slice(0, 2));
  expect(running).toEqual([1, 2]);
  slots.give();
  await jobs[2];
  expect(running).toEqual([1, 2, 3]);
  slots.give();
  await jobs[3];
  expect(running).toEqual([1, 2, 3, 4]);
});
