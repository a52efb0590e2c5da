import { expect, test } from "vitest";
import { DecodeError, hexDecode } from "../bytes/index.ts";
import { DerReader, element, sequence, tags } from "./asn1.ts";
import { extensionIds, noExtensions, readExtensions } from "./certificate-extensions.ts";

const critical = element(tags.boolean, Uint8Array.of(255));

function extension(id: string, value: string, ...flags: readonly Uint8Array[]): Uint8Array {
  return sequence(element(tags.oid, hexDecode(id)), ...flags, element(tags.octetString, hexDecode(value)));
}

const read = (...extensions: readonly Uint8Array[]) => readExtensions(new DerReader(sequence(...extensions)));

test("an empty list says what no list says", () => {
  expect(read()).toEqual(noExtensions);
});

test.each([
  ["3000", { isAuthority: false }],
  ["30030101ff", { isAuthority: true }],
  ["3003010100", { isAuthority: false }],
  ["30060101ff020103", { isAuthority: true, pathLengthMax: 3 }],
])("Basic Constraints %s", (value, expected) => {
  expect(read(extension(extensionIds.basicConstraints, value, critical))).toEqual({
    ...noExtensions,
    ...expected,
  });
});

test.each([
  ["03020106", true],
  ["03020204", true],
  ["030203c8", false],
  ["030100", false],
])("Key Usage %s may sign certificates: %s", (value, maySignCertificates) => {
  expect(read(extension(extensionIds.keyUsage, value))).toEqual({ ...noExtensions, maySignCertificates });
});

test("an unknown extension matters only when it is critical", () => {
  expect(read(extension("2a03", "0500")).hasUnknownCritical).toBe(false);
  expect(read(extension("2a03", "0500", critical)).hasUnknownCritical).toBe(true);
  expect(read(extension(extensionIds.extendedKeyUsage, "3000", critical)).hasUnknownCritical).toBe(false);
});

const { basicConstraints, keyUsage } = extensionIds;

test.each([
  ["one twice", [extension("2a03", "00"), extension("2a03", "00")]],
  ["Basic Constraints with something behind", [extension(basicConstraints, "30000500")]],
  ["Basic Constraints with something else inside", [extension(basicConstraints, "30020500")]],
  ["a Key Usage that is empty", [extension(keyUsage, "0300")]],
  ["a Key Usage with 8 unused bits", [extension(keyUsage, "03020800")]],
  ["an extension with something behind", [sequence(extension("2a03", "00"), critical)]],
  ["33 of them", Array.from({ length: 33 }, (_, i) => extension(`2a${(i + 16).toString(16)}`, "00"))],
])("%s is rejected", (_what, extensions) => {
  expect(() => read(...extensions)).toThrow(DecodeError);
});
