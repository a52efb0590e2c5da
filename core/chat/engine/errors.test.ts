import { expect, test } from "vitest";
import { AgentError } from "../../agent/errors.ts";
import { toChatError } from "./errors.ts";

test("a relay that can't be reached is named by its host alone", () => {
  const error = toChatError(new AgentError("BROKER NETWORK", "smp://BfTuF6Bxfan4@relay.example:6223"));
  expect(error.code).toBe("relayUnreachable");
  expect(error.message).toContain("The relay relay.example:6223 could not be reached.");
});
