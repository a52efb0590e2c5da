import { expect, it } from "vitest";
import { MemoryStore } from "./store/memory/memory-store.ts";
import { createQueue, sendCommand } from "./testing/queue.ts";
import { testRelay } from "./testing/relay.ts";

/** Deletes a queue between a command's finding it and using it. */
class HastyStore extends MemoryStore {
  override addMessage(...args: Parameters<MemoryStore["addMessage"]>) {
    this.deleteQueue(args[0]);
    return super.addMessage(...args);
  }
}

it("a queue that is deleted while a command is carried out is not there for it, and nobody's fault", async () => {
  const { connect, errors } = testRelay({ store: new HastyStore() });
  const client = await connect();
  const { senderId } = await createQueue(client);
  expect(await client.request(sendCommand("late"), senderId)).toEqual({
    type: "ERR",
    error: { type: "AUTH" },
  });
  expect(errors).toEqual([]);
});
