import { expect, test } from "vitest";
import { systemRandom } from "../../crypto/random.ts";
import { incognitoProfile } from "./incognito.ts";

test("made-up names are two words, and hardly ever the same", () => {
  const names = Array.from({ length: 200 }, () => incognitoProfile(systemRandom).displayName);
  for (const name of names) expect(name).toMatch(/^[a-z]+ [a-z]+$/);
  expect(new Set(names).size).toBeGreaterThan(150);
});
