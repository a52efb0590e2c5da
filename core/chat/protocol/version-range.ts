import { DecodeError } from "../../bytes/index.ts";
import type { JsonCodec } from "../json/json.ts";

/** The versions of the chat protocol that a program speaks. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** What we speak. */
export const chatVersions: VersionRange = { min: 1, max: 16 };

/** What a message without versions comes from. */
export const versionsDefault: VersionRange = { min: 1, max: 1 };

const versionMax = 65_535;

/** `1-16`, or `1` where both ends are the same. */
export const versionRange: JsonCodec<VersionRange> = {
  decode(value) {
    const match = typeof value === "string" ? /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value) : null;
    const min = Number(match?.[1]);
    const max = Number(match?.[2] ?? match?.[1]);
    if (match === null || min > max || max > versionMax) throw new DecodeError("not a range of versions");
    return { min, max };
  },
  encode: ({ min, max }) => (min === max ? `${min}` : `${min}-${max}`),
};
