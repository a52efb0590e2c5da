import { expect, test } from "vitest";
import { encodeBatch, packBatches } from "./batch.ts";
import type { Command } from "./command.ts";
import { encodeCommand, encodeMessage } from "./encode-transmission.ts";
import { deliveredLength, messageLengthMax, proxiedLength } from "./limits.ts";

const ids = { correlationId: new Uint8Array(24), entityId: new Uint8Array(24) };
const versions = Array.from({ length: 13 }, (_, i) => 6 + i);

function largestSend(version: number): Command {
  return { type: "SEND", flags: { notification: true }, body: new Uint8Array(messageLengthMax(version)) };
}

test.each(versions)(
  "in version %i the longest message fits into a block, and so does its delivery",
  (version) => {
    const session = { version, sessionId: new Uint8Array(32) };
    const credentials = () => ({
      authenticator: new Uint8Array(version < 7 ? 114 : 80),
      serviceSignature: undefined,
    });
    const sent = encodeCommand(session, ids, largestSend(version), credentials);
    const message = {
      type: "MSG",
      messageId: ids.entityId,
      body: new Uint8Array(deliveredLength + 16),
    } as const;
    const delivered = encodeMessage(session, { ...ids, correlationId: new Uint8Array(0) }, message);
    expect(packBatches([sent])[0]?.type).toBe("batch");
    expect(packBatches([delivered])[0]?.type).toBe("batch");
  },
);

test.each(versions.filter((version) => version >= 8))(
  "in version %i the longest message fits into a proxied command, and that into blocks",
  (version) => {
    const session = { version, sessionId: new Uint8Array(32) };
    const credentials = () => ({ authenticator: new Uint8Array(80), serviceSignature: undefined });
    const batch = encodeBatch([encodeCommand(session, ids, largestSend(version), credentials)]);
    expect(batch.length).toBeLessThanOrEqual(proxiedLength - 2);
    const encrypted = new Uint8Array(proxiedLength + 16);
    const forward: Command = { type: "PFWD", version, key: new Uint8Array(32), encrypted };
    expect(packBatches([encodeCommand(session, ids, forward)])[0]?.type).toBe("batch");
    const outer = new Uint8Array(encrypted.length + 25 + 2 + 45 + 16);
    const noEntity = { ...ids, entityId: new Uint8Array(0) };
    const relayed = encodeCommand(session, noEntity, { type: "RFWD", encrypted: outer });
    expect(packBatches([relayed])[0]?.type).toBe("batch");
  },
);
