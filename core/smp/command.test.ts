import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DecodeError, decode, EncodeError, encode, utf8Encode } from "../bytes/index.ts";
import { type Command, commandCodec } from "./command.ts";
import { commands, versions } from "./testing/arbitraries.ts";

const key = { algorithm: "Ed25519", key: new Uint8Array(32) } as const;

describe("commandCodec", () => {
  test("reads back every command of every version as it was written", () => {
    fc.assert(
      fc.property(
        versions.chain((version) => fc.tuple(fc.constant(version), commands(version))),
        ([version, command]) => {
          const codec = commandCodec(version);
          expect(decode(codec, encode(codec, command))).toEqual(command);
        },
      ),
    );
  });

  test("refuses what follows a command, but for those that end with any bytes", () => {
    const open: readonly Command["type"][] = ["SEND", "PFWD", "RFWD"];
    fc.assert(
      fc.property(
        versions.chain((version) => fc.tuple(fc.constant(version), commands(version))),
        ([version, command]) => {
          const longer = Uint8Array.of(...encode(commandCodec(version), command), 0);
          if (open.includes(command.type)) return;
          expect(() => decode(commandCodec(version), longer)).toThrow("cannot decode");
        },
      ),
    );
  });

  const badValues: readonly (readonly [string, Command])[] = [
    ["an id above 255 bytes", { type: "ACK", messageId: new Uint8Array(256) }],
    ["no keys", { type: "RKEY", keys: [] }],
    ["more keys than a list holds", { type: "RKEY", keys: Array<typeof key>(256).fill(key) }],
    [
      "link data above 65,535 bytes",
      {
        type: "LSET",
        linkId: new Uint8Array(24),
        linkData: { fixedData: new Uint8Array(65_536), userData: new Uint8Array(0) },
      },
    ],
  ];
  test.each(badValues)("does not write %s", (_what, command) => {
    expect(() => encode(commandCodec(18), command)).toThrow(EncodeError);
  });

  const badBytes: readonly (readonly [string, string])[] = [
    ["an empty command", ""],
    ["a name with more behind it", "SUBX"],
    ["a lower-case name", "sub"],
    ["a name alone where parameters are due", "SEND"],
    ["flags that are not T or F", "SEND X body"],
    ["flags without end", "SEND Tabc"],
    ["a key that is cut", "KEY \x2c0*0\x05"],
    ["a long run without a space", "A".repeat(5000)],
  ];
  test.each(badBytes)("does not read %s", (_what, text) => {
    expect(() => decode(commandCodec(18), utf8Encode(text))).toThrow("cannot decode");
  });

  test("does not read a key of an algorithm that can't authorise", () => {
    const x448 = Uint8Array.of(
      ...utf8Encode("KEY "),
      68,
      0x30,
      0x42,
      0x30,
      0x05,
      0x06,
      0x03,
      0x2b,
      0x65,
      0x6f,
    );
    expect(() => decode(commandCodec(18), Uint8Array.of(...x448, 0x03, 0x39, ...new Uint8Array(58)))).toThrow(
      "cannot decode",
    );
  });

  test("names the command and the field in its errors", () => {
    const caught = (() => {
      try {
        decode(commandCodec(18), utf8Encode("ACK \x05ab"));
      } catch (error) {
        return error as DecodeError;
      }
    })();
    expect(caught?.path).toBe("ACK.messageId");
  });

  test("has no version but those that we speak", () => {
    for (const version of [5, 19, 6.5]) expect(() => commandCodec(version)).toThrow(RangeError);
  });
});
