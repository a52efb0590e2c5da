import type { Codec } from "./codec.ts";
import { DecodeError, EncodeError } from "./errors.ts";
import { word16 } from "./primitives.ts";

/** The versions of a protocol that one side speaks, both ends included; `min` is not above `max`. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** Two 2-byte version numbers, the lower one first. */
export const versionRange: Codec<VersionRange> = {
  encode(writer, { min, max }) {
    if (min > max) throw new EncodeError("version range", `${min} is above ${max}`);
    word16.encode(writer, min);
    word16.encode(writer, max);
  },
  decode(reader) {
    const min = word16.decode(reader);
    const max = word16.decode(reader);
    return min <= max ? { min, max } : reader.fail(`version ${min} is above ${max}`);
  },
};

/** `6-18`, or `6` for a range of one version. */
export function formatVersionRange({ min, max }: VersionRange): string {
  return min === max ? `${min}` : `${min}-${max}`;
}

const versionMax = 0xffff;

/** @throws DecodeError when `text` is not a version or two of them with a hyphen between, the lower one first */
export function parseVersionRange(text: string): VersionRange {
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text);
  if (match === null) throw new DecodeError("version range is not of the form 1-2");
  const min = Number(match[1]);
  const max = Number(match[2] ?? match[1]);
  if (min > max) throw new DecodeError(`version ${min} is above ${max}`);
  if (max > versionMax) throw new DecodeError(`version ${max} is above ${versionMax}`);
  return { min, max };
}

/** The highest version that both sides speak, or undefined when there is none. */
export function compatibleVersion(a: VersionRange, b: VersionRange): number | undefined {
  const max = Math.min(a.max, b.max);
  return max >= Math.max(a.min, b.min) ? max : undefined;
}

/** The versions that both sides speak, or undefined when there are none. */
export function compatibleRange(a: VersionRange, b: VersionRange): VersionRange | undefined {
  const max = compatibleVersion(a, b);
  return max === undefined ? undefined : { min: Math.max(a.min, b.min), max };
}
