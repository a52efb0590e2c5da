import { expect, test } from "vitest";
import { formatServiceScheme, parseServiceSchemePrefix } from "./service-scheme.ts";

test.each(["simplex:", "https://simplex.chat", "https://example.com:8443"])(
  "%s reads back as it was",
  (text) => {
    const { scheme, rest } = parseServiceSchemePrefix(`${text}/rest#x`);
    expect(formatServiceScheme(scheme)).toBe(text);
    expect(rest).toBe("/rest#x");
  },
);

test.each(["", "http://a.com", "https://", "simplex", "Simplex:"])("%j begins no link", (text) => {
  expect(() => parseServiceSchemePrefix(text)).toThrow(expect.objectContaining({ name: "DecodeError" }));
});
