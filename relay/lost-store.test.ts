import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { createQueue, sendCommand, textOf } from "./testing/queue.ts";
import { testRelays } from "./testing/test-relays.ts";

const { folder, start } = testRelays();

it("a relay whose disk cannot be synced promises nothing more, and ends; started again, it has what it promised", async () => {
  const path = folder();
  const script = fileURLToPath(new URL("testing/failing-sync.ts", import.meta.url));
  const relay = await start("node", path, [], { script });
  let errors = "";
  relay.child.stderr?.on("data", (chunk) => {
    errors += String(chunk);
  });
  const [recipient, sender] = [await relay.connect("tls"), await relay.connect("tls")];
  const queue = await createQueue(recipient, { secured: true, subscribeMode: "only-create" });
  const { senderId, senderKey, recipientId, recipientKey } = queue;
  const send = (text: string) => sender.request(sendCommand(text), senderId, senderKey.privateKey);
  expect(await send("promised")).toEqual({ type: "OK" });
  relay.child.kill("SIGUSR2");
  await expect.poll(() => relay.lines).toContain("the disk fails");
  await expect(send("not promised")).rejects.toThrow();
  expect(await relay.exited).toBe(1);
  expect(errors).toContain(
    "the relay ends, as messages could be lost: cannot write to store: the disk cannot",
  );

  const again = await start("node", path);
  const client = await again.connect("tls");
  const subscribe = {
    command: { type: "SUB" },
    entityId: recipientId,
    key: recipientKey.privateKey,
  } as const;
  const received = await client.exchange(subscribe);
  expect(textOf(queue, received[1]?.message)).toBe("promised");
});
