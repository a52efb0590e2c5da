import fc from "fast-check";
import { expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import { systemRandom } from "../../crypto/random.ts";
import { memoryLink } from "../../transport/memory.ts";
import { testIdentity } from "../../transport/testing.ts";
import { encodeBatch } from "../batch.ts";
import { plainBlocks } from "../block.ts";
import type { Chunks } from "../chunks.ts";
import { encodeMessage } from "../encode-transmission.ts";
import { noId } from "../ids.ts";
import { startClient } from "./connect.ts";
import { acceptClient } from "./testing.ts";

const clock = new VirtualClock();
const identity = testIdentity(clock.nowMs());
const serverChain = identity.certificateChain;
const sessionId = new Uint8Array(32);
const id = new Uint8Array(24).fill(1);
/** The last version whose blocks are not encrypted, so that a test can put anything into them. */
const version = 10;

const oneBlock = (content: Uint8Array): Chunks => ({ length: content.length, parts: [content] });

/** The contents of blocks: of any bytes, or of proper messages with bytes changed. */
const contents: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(fc.nat({ max: 120 }), fc.nat({ max: 255 })).map(([at, byte]) => {
    const messages = [
      { correlationId: noId, entityId: id },
      { correlationId: id, entityId: id },
    ].map((ids) => encodeMessage({ version, sessionId }, ids, { type: "MSG", messageId: id, body: id }));
    const block = plainBlocks.seal(encodeBatch(messages));
    const content = block.slice(2, 2 + 256);
    content[at] = byte;
    return content;
  }),
);

test("whatever a relay puts into blocks, the session goes on or ends with a reason", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(contents, { minLength: 1, maxLength: 4 }), async (blocks) => {
      const link = memoryLink({ clock, sessionId, serverChain });
      const accepted = acceptClient(link.server, { identity, clock, versions: { min: 6, max: version } });
      const client = await startClient(link.client, identity.keyHash, { clock, random: systemRandom });
      const relay = await accepted;
      const asked = client.ping().catch((error: Error) => error);
      for (const content of blocks) relay.transport.send(plainBlocks.seal(oneBlock(content)));
      await clock.advance(0);
      if (client.state === "closed") expect(["block", "closed"]).toContain(client.reason?.code);
      client.close();
      expect(await asked).toBeInstanceOf(Error);
    }),
    { numRuns: 200 },
  );
});
