import { expect, test } from "vitest";
import { ProtocolError } from "./errors.ts";

test("a protocol error shows its code from the outside in, without texts", () => {
  const error = new ProtocolError("send message", {
    type: "PROXY",
    error: { type: "BROKER", error: { type: "TRANSPORT", error: { type: "HANDSHAKE", error: "IDENTITY" } } },
  });
  expect(error.code).toBe("PROXY BROKER TRANSPORT HANDSHAKE IDENTITY");
  expect(error.message).toBe("cannot send message: relay error is PROXY BROKER TRANSPORT HANDSHAKE IDENTITY");
  expect(new ProtocolError("subscribe", { type: "STORE", text: "secret" }).message).not.toContain("secret");
});
