import { describe, expect, it } from "vitest";
import { DecodeError, decode, EncodeError, encode, hexDecode, hexEncode } from "../../bytes/index.ts";
import { parseRelayAddress } from "../../smp/address.ts";
import { type AMessage, agentMessage, aMessage, messageNumber } from "./agent-message.ts";
import { agentEnvelope } from "./envelope.ts";
import { messageBodyLengthMax, messagePaddedLength } from "./lengths.ts";

describe("agent message", () => {
  it("is the same after it was written and read", () => {
    const value = {
      type: "message",
      sharedId: 3,
      previousHash: new Uint8Array(32),
      message: { type: "hello" },
    } as const;
    expect(decode(agentMessage, encode(agentMessage, value))).toEqual(value);
  });

  it("tells the end of a queue apart from a ratchet that is ready", () => {
    const end = {
      type: "queueEnd",
      queues: [{ relay: parseRelayAddress("smp://AAAA@a.example", "smp"), senderId: Uint8Array.of(1) }],
    } as const;
    const bytes = encode(aMessage, end).slice();
    expect(hexEncode(bytes.subarray(0, 2))).toBe("5145");
    expect(decode(aMessage, bytes)).toEqual(end);
    expect(decode(aMessage, hexDecode("450000000000000001"))).toEqual({
      type: "ratchetReady",
      lastSharedId: 1,
    });
  });

  it.each(["", "5a", "51", "5158", "45", "5600", "4841", "450000000000000001ff"])(
    "bytes %s are none",
    (bytes) => {
      expect(() => decode(aMessage, hexDecode(bytes))).toThrow(DecodeError);
    },
  );

  it("has no number below 0 or above 2^53", () => {
    expect(() => encode(messageNumber, -1)).toThrow(EncodeError);
    expect(() => encode(messageNumber, 2 ** 53)).toThrow(EncodeError);
    expect(() => decode(messageNumber, hexDecode("ffffffffffffffff"))).toThrow(DecodeError);
  });

  it("with no queues or receipts can't be written", () => {
    const empty: AMessage[] = [
      { type: "receipts", receipts: [] },
      { type: "queueTest", queues: [] },
    ];
    for (const value of empty) expect(() => encode(aMessage, value)).toThrow(EncodeError);
  });
});

describe("agent envelope", () => {
  it.each(["", "0007", "00075a", "00074932", "0007490002"])("bytes %s are none", (bytes) => {
    expect(() => decode(agentEnvelope, hexDecode(bytes))).toThrow(DecodeError);
  });

  it("of an empty confirmation is a few bytes", () => {
    const value = {
      type: "confirmation",
      agentVersion: 8,
      ratchet: undefined,
      encrypted: new Uint8Array(0),
    } as const;
    expect(hexEncode(encode(agentEnvelope, value))).toBe("00084330");
  });
});

describe("lengths", () => {
  it("leave less room with post-quantum keys, and none below version 5", () => {
    expect(messagePaddedLength(7, false) - messagePaddedLength(7, true)).toBe(2_222);
    expect(messagePaddedLength(4, true)).toBe(messagePaddedLength(7, false));
    expect(messageBodyLengthMax(7, true)).toBeGreaterThan(13_380);
  });
});
