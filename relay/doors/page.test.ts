import { expect, it } from "vitest";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { StoreError } from "../store/store.ts";
import { createQueue, sendCommand } from "../testing/queue.ts";
import { testRelay } from "../testing/relay.ts";
import { answerHttp, type PageInfo } from "./page.ts";

const info: PageInfo = {
  address: "smp://key@relay.example.org",
  hasPassword: false,
  source: undefined,
  metrics: false,
};

async function bodyOf(changes: Partial<PageInfo>): Promise<string> {
  const { status, body } = await answerHttp(testRelay().relay, { ...info, ...changes }, "GET", "/");
  expect(status).toBe(200);
  return body;
}

it("the page names the relay, and says where its source code is", async () => {
  const body = await bodyOf({ source: 'https://code.example.org/?a=1&b="2"' });
  expect(body).toContain("smp://key@relay.example.org");
  expect(body).toContain('<a href="https://code.example.org/?a=1&amp;b=&quot;2&quot;">');
});

it.each([
  ["/", 200],
  ["/?a=/metrics", 200],
  ["http://relay.example.org", 200],
  ["https://relay.example.org:8080/health?x", 200],
  ["/health/", 404],
  ["//", 404],
  ["//[", 404],
  ["http://[/", 200],
  ["http://a:b:c/x", 404],
  ["*", 404],
  ["%", 404],
])("the target %s gets %i", async (target, status) => {
  expect((await answerHttp(testRelay().relay, info, "GET", target)).status).toBe(status);
});

it("the page has no link where there is none", async () => {
  expect(await bodyOf({})).not.toContain("href");
});

it("the health is not ok for a minute after a command failed, or what was written was lost", async () => {
  const store = new FailingStore();
  const { relay, clock, connect, errors } = testRelay({ store });
  const health = async () => (await answerHttp(relay, info, "GET", "/health")).status;
  const client = await connect();
  const queue = await createQueue(client);
  expect(await health()).toBe(200);
  const failed = { type: "ERR", error: { type: "STORE", text: "" } };
  expect(await client.request(sendCommand("lost"), queue.senderId)).toEqual(failed);
  expect(await health()).toBe(503);
  await clock.advance(60_000);
  expect(await health()).toBe(200);
  store.fail();
  expect(await health()).toBe(503);
  expect(errors).toEqual([full, full]);
});

const full = new StoreError("cannot write to store: disk full");

class FailingStore extends MemoryStore {
  fail: () => void = () => undefined;

  override onFailure(callback: (error: StoreError) => void): void {
    this.fail = () => callback(full);
  }

  override addMessage(): never {
    throw full;
  }
}
