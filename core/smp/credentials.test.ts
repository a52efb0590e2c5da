import { describe, expect, test } from "vitest";
import type { Command } from "./command.ts";
import { checkCommandCredentials, checkMessageCredentials } from "./credentials.ts";

/** For each command the error without and with an entity id, without and with an authorization. */
type Row = readonly [Command["type"], string, string, string, string];

const rows: readonly Row[] = [
  ["NEW", "NO_AUTH", "", "NO_AUTH", "HAS_AUTH"],
  ["SEND", "NO_ENTITY", "NO_ENTITY", "", ""],
  ["LGET", "NO_ENTITY", "NO_ENTITY", "", "HAS_AUTH"],
  ["PFWD", "NO_ENTITY", "NO_ENTITY", "", "HAS_AUTH"],
  ["PING", "", "HAS_AUTH", "HAS_AUTH", "HAS_AUTH"],
  ["PRXY", "", "HAS_AUTH", "HAS_AUTH", "HAS_AUTH"],
  ["RFWD", "", "HAS_AUTH", "HAS_AUTH", "HAS_AUTH"],
  ...(
    [
      ...([
        "SUB",
        "SUBS",
        "KEY",
        "RKEY",
        "LSET",
        "LDEL",
        "NKEY",
        "NDEL",
        "GET",
        "ACK",
        "OFF",
        "DEL",
      ] as const),
      ...(["QUE", "SKEY", "LKEY", "NSUB", "NSUBS"] as const),
    ] as const
  ).map((type): Row => [type, "NO_AUTH", "NO_AUTH", "NO_AUTH", ""]),
];

describe("checkCommandCredentials", () => {
  test.each(rows)("%s: none %o, authorization %o, entity %o, both %o", (type, ...expected) => {
    const found = [
      checkCommandCredentials(type, false, false),
      checkCommandCredentials(type, false, true),
      checkCommandCredentials(type, true, false),
      checkCommandCredentials(type, true, true),
    ];
    expect(found).toEqual(expected.map((error) => (error === "" ? undefined : { type: "CMD", error })));
  });
});

describe("checkMessageCredentials", () => {
  test("wants an entity id in all messages but those that are about none, or may be", () => {
    for (const type of ["IDS", "ERR"] as const) {
      expect(checkMessageCredentials(type, true)).toBeUndefined();
      expect(checkMessageCredentials(type, false)).toBeUndefined();
    }
    for (const type of ["PONG", "PKEY", "RRES"] as const) {
      expect(checkMessageCredentials(type, true)).toEqual({ type: "CMD", error: "HAS_AUTH" });
      expect(checkMessageCredentials(type, false)).toBeUndefined();
    }
    for (const type of ["OK", "MSG", "LNK", "SOK", "END", "DELD", "PRES"] as const) {
      expect(checkMessageCredentials(type, true)).toBeUndefined();
      expect(checkMessageCredentials(type, false)).toEqual({ type: "CMD", error: "NO_ENTITY" });
    }
  });
});
