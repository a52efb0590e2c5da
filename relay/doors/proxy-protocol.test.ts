import { describe, expect, it } from "vitest";
import { concat, hexDecode, hexEncode } from "../../core/bytes/index.ts";
import { readProxyHeader } from "./proxy-protocol.ts";

const signature = hexDecode("0d0a0d0a000d0a515549540a");
const text = (value: string) => new TextEncoder().encode(value);
const tlv = (type: number, value: Uint8Array) => concat(Uint8Array.of(type, 0, value.length), value);
const header = (command: number, family: number, content: Uint8Array) =>
  concat(signature, Uint8Array.of(command, family, content.length >> 8, content.length & 0xff), content);
const ipv4 = Uint8Array.of(192, 0, 2, 1, 10, 0, 0, 1, 0x10, 0, 0x14, 0x67);
const sessionId = Uint8Array.from({ length: 32 }, (_, i) => i);

describe("the PROXY protocol", () => {
  it("tells address, ALPN and session id of the client", () => {
    const content = concat(
      ipv4,
      tlv(1, text("smp/1")),
      tlv(0x20, text("?")),
      tlv(5, text(hexEncode(sessionId))),
    );
    const bytes = concat(header(0x21, 0x11, content), text("SMP"));
    expect(readProxyHeader(bytes)).toEqual({
      length: bytes.length - 3,
      client: { remoteAddress: "192.0.2.1", alpn: "smp/1", sessionId },
    });
    const ipv6 = concat(hexDecode("20010db8000000000000000000000001"), new Uint8Array(20));
    expect(readProxyHeader(header(0x21, 0x21, ipv6))?.client).toEqual({
      remoteAddress: "2001:0db8:0000:0000:0000:0000:0000:0001",
      alpn: undefined,
      sessionId: undefined,
    });
  });

  it("waits for all of a header", () => {
    const bytes = header(0x21, 0x11, ipv4);
    for (let length = 0; length < bytes.length; length++) {
      expect(readProxyHeader(bytes.subarray(0, length))).toBeUndefined();
    }
  });

  it("has connections of the terminator itself, without a client", () => {
    expect(readProxyHeader(header(0x20, 0, new Uint8Array(0)))).toEqual({ length: 16, client: undefined });
  });

  it.each([
    ["another protocol", text("GET / HTTP/1.1\r\n")],
    ["an unknown command", header(0x22, 0x11, ipv4)],
    ["addresses cut short", header(0x21, 0x11, ipv4.subarray(1))],
    ["a value cut short", header(0x21, 0x11, concat(ipv4, Uint8Array.of(5, 0, 9, 1)))],
    ["a session id that is no hexadecimal", header(0x21, 0x11, concat(ipv4, tlv(5, text("xy"))))],
    ["a header without end", concat(signature, Uint8Array.of(0x21, 0x11, 0xff, 0xff))],
  ])("refuses %s", (_, bytes) => {
    expect(() => readProxyHeader(bytes)).toThrow("cannot decode");
  });
});
