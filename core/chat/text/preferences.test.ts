import { describe, expect, test } from "vitest";
import { featureState, featureStates, features, toPeerPreferences } from "./preferences.ts";

describe("what follows from what both sides allow", () => {
  test("is the network's defaults where nobody said anything", () => {
    const states = featureStates({}, {}, undefined);
    expect(states.map(({ feature }) => feature)).toEqual(features);
    expect(featureState(states, "fullDelete")).toMatchObject({
      mine: "no",
      enabledForMe: false,
      mineIsDefault: true,
    });
    expect(featureState(states, "reactions")).toMatchObject({
      mine: "yes",
      enabledForMe: true,
      enabledForThem: true,
    });
  });

  test.each([
    ["always", "no", false, true],
    ["no", "always", true, false],
    ["yes", "no", false, false],
    ["no", "yes", false, false],
    ["yes", "always", true, true],
    ["always", "always", true, true],
  ] as const)("mine %s, theirs %s: for me %s, for them %s", (mine, theirs, forMe, forThem) => {
    const voice = featureState(featureStates({ voice: mine }, {}, { voice: { allow: theirs } }), "voice");
    expect(voice).toMatchObject({ enabledForMe: forMe, enabledForThem: forThem, mineIsDefault: false });
  });

  test("disappearing messages are on for both or for none", () => {
    const states = featureStates(
      { timedMessages: { allow: "always" } },
      {},
      { timedMessages: { allow: "no" } },
    );
    expect(featureState(states, "timedMessages")).toMatchObject({
      enabledForMe: false,
      enabledForThem: false,
    });
  });

  test("the conversation's setting goes before the profile's, and that before the contact's lifetime", () => {
    const lifetime = (mine?: number, profile?: number, theirs?: number): number | undefined => {
      const of = (ttlSeconds?: number) => ({
        allow: "yes" as const,
        ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
      });
      const peer = { timedMessages: { allow: "yes" as const, ttl: theirs } };
      return featureState(
        featureStates({ timedMessages: of(mine) }, { timedMessages: of(profile) }, peer),
        "timedMessages",
      ).ttlSeconds;
    };
    expect(lifetime(1, 2, 3)).toBe(1);
    expect(lifetime(undefined, 2, 3)).toBe(2);
    expect(lifetime(undefined, undefined, 3)).toBe(3);
    expect(lifetime()).toBeUndefined();
  });
});

test("what the contact is told has every feature, with the lifetime", () => {
  expect(
    toPeerPreferences({ voice: "no", timedMessages: { allow: "yes", ttlSeconds: 60 } }, { files: "no" }),
  ).toEqual({
    timedMessages: { allow: "yes", ttl: 60 },
    fullDelete: { allow: "no" },
    reactions: { allow: "yes" },
    voice: { allow: "no" },
    files: { allow: "no" },
    calls: { allow: "yes" },
  });
});
