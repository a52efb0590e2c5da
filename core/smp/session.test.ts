import { describe, expect, test } from "vitest";
import { plainBlocks } from "./block.ts";
import { agreeVersions, sessionBlocks } from "./session.ts";

describe("agreeVersions", () => {
  test("gives what both sides speak, or nothing", () => {
    expect(agreeVersions({ min: 6, max: 18 }, { min: 8, max: 30 }, false)).toEqual({ min: 8, max: 18 });
    expect(agreeVersions({ min: 19, max: 20 }, { min: 6, max: 18 }, false)).toBeUndefined();
  });

  test("gives a proxy at most version 10 with a relay that knows no proxy flag", () => {
    expect(agreeVersions({ min: 6, max: 13 }, { min: 6, max: 18 }, true)).toEqual({ min: 6, max: 10 });
    expect(agreeVersions({ min: 6, max: 14 }, { min: 6, max: 18 }, true)).toEqual({ min: 6, max: 14 });
    expect(agreeVersions({ min: 6, max: 13 }, { min: 11, max: 18 }, true)).toEqual({ min: 11, max: 11 });
  });
});

describe("sessionBlocks", () => {
  const agreed = { version: 11, sessionId: new Uint8Array(32), isProxy: false, dhSecret: new Uint8Array(32) };

  test("encrypts from version 11, with keys, and not for a proxy", () => {
    expect(sessionBlocks("client", agreed)).not.toBe(plainBlocks);
    expect(sessionBlocks("client", { ...agreed, version: 10 })).toBe(plainBlocks);
    expect(sessionBlocks("client", { ...agreed, isProxy: true })).toBe(plainBlocks);
    expect(sessionBlocks("client", { ...agreed, dhSecret: undefined })).toBe(plainBlocks);
  });
});
