import { formatVersionRange, parseVersionRange, type VersionRange } from "../../bytes/index.ts";
import { type JsonCodec, string } from "../json/json.ts";

/** What we speak. */
export const chatVersions: VersionRange = { min: 1, max: 16 };

/** From which version on a client reads compressed messages. */
export const compressionSince = 8;

/** What a message without versions comes from. */
export const versionsDefault: VersionRange = { min: 1, max: 1 };

/** `1-16`, or `1` where both ends are the same. */
export const versionRange: JsonCodec<VersionRange> = {
  decode: (value) => parseVersionRange(string.decode(value)),
  encode: formatVersionRange,
};
