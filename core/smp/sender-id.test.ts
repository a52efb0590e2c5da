import { expect, test } from "vitest";
import { hexEncode } from "../bytes/index.ts";
import { senderIdFromCorrelationId } from "./sender-id.ts";

test("a sender id is the first 24 bytes of SHA3-384 of the correlation id", () => {
  expect(hexEncode(senderIdFromCorrelationId(new Uint8Array(0)))).toBe(
    "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61",
  );
});
