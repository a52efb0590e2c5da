import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { listenOn } from "./listen.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const one of servers.splice(0)) one.close();
});

function server(): Server {
  const one = createServer();
  servers.push(one);
  return one;
}

test("a server listens on a port that is free, and goes on after an error of accepting", async () => {
  const one = server();
  const port = await listenOn(one, 0, "127.0.0.1");
  expect(one.address()).toMatchObject({ address: "127.0.0.1", port });
  one.emit("error", new Error("too many open files"));
  expect(one.listening).toBe(true);
});

test("a port that is taken is told", async () => {
  const port = await listenOn(server(), 0, "127.0.0.1");
  await expect(listenOn(server(), port, "127.0.0.1")).rejects.toMatchObject({ code: "EADDRINUSE" });
});
