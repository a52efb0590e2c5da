import { expect, test } from "vitest";
import { waitFor } from "./wait.ts";

/** Something that happens when `tell` is called; `followers` counts who listens. */
function source() {
  const listeners = new Set<() => void>();
  return {
    follow: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell: () => {
      for (const listener of listeners) listener();
    },
    get followers() {
      return listeners.size;
    },
  };
}
const signal = new AbortController().signal;

test("what is there already is found at once", async () => {
  const { follow } = source();
  expect(await waitFor(async () => 1, follow, { timeoutMs: undefined, signal })).toBe(1);
});

test("what happens while it is looked for is not missed", async () => {
  const events = source();
  let value: number | undefined;
  const found = waitFor(
    async () => {
      const seen = value;
      if (value === undefined) {
        value = 7;
        events.tell();
      }
      return seen;
    },
    events.follow,
    { timeoutMs: undefined, signal },
  );
  expect(await found).toBe(7);
  expect(events.followers).toBe(0);
});

test("it ends with the time, with the user, and with an error", async () => {
  const events = source();
  const never = async () => undefined;
  expect(await waitFor(never, events.follow, { timeoutMs: 1, signal })).toBeUndefined();
  const stopping = new AbortController();
  const stopped = waitFor(never, events.follow, { timeoutMs: undefined, signal: stopping.signal });
  stopping.abort();
  await expect(stopped).rejects.toThrow("Stopped");
  await expect(
    waitFor(never, events.follow, { timeoutMs: undefined, signal: stopping.signal }),
  ).rejects.toThrow("Stopped");
  const failing = waitFor(() => Promise.reject(new Error("broken")), events.follow, {
    timeoutMs: undefined,
    signal,
  });
  await expect(failing).rejects.toThrow("broken");
  expect(events.followers).toBe(0);
});
