import { describe, expect, it } from "vitest";
import { sha256 } from "../../crypto/hash.ts";
import { checkIntegrity } from "./integrity.ts";

const hashes = [1, 2, 3, 4, 5].map((n) => sha256(Uint8Array.of(n)));
const [h1, h2, , h4, h5] = hashes as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** Messages 1, 2 and 4 were received. */
const chain = {
  receivedId: 4,
  receivedHash: h4,
  hashOf: (number: number) => [undefined, h1, h2, undefined, h4][number],
};

describe("the chain of messages", () => {
  it("goes on with the next number and the hash of the one before", () => {
    expect(checkIntegrity(chain, 5, h4)).toEqual({ type: "ok" });
    expect(checkIntegrity(chain, 5, h2)).toEqual({ type: "badHash" });
  });

  it("shows what is missing, and what comes again", () => {
    expect(checkIntegrity(chain, 8, h5)).toEqual({ type: "skipped", from: 5, to: 7 });
    expect(checkIntegrity(chain, 4, h4)).toEqual({ type: "duplicate" });
    expect(checkIntegrity(chain, 2, h1)).toEqual({ type: "badId", previous: 4 });
  });

  it("takes a late message that fits into its gap, and no other", () => {
    expect(checkIntegrity(chain, 3, h2)).toEqual({ type: "ok" });
    expect(checkIntegrity(chain, 3, h1)).toEqual({ type: "badId", previous: 4 });
  });
});
