import { hexEncode } from "../bytes/index.ts";
import { DerReader, tags } from "./asn1.ts";

/** What the extensions of a certificate say, as far as it matters to a chain. */
export interface CertificateExtensions {
  /** Whether it may sign certificates ("Basic Constraints" of RFC 5280). */
  readonly isAuthority: boolean;
  /** How many intermediate certificates may stand below it. */
  readonly pathLengthMax: number | undefined;
  /** Whether its key may sign certificates ("Key Usage"); true when nothing is said. */
  readonly maySignCertificates: boolean;
  /** Critical extensions that we don't know: the certificate must not be trusted. */
  readonly hasUnknownCritical: boolean;
}

/** A certificate without extensions. */
export const noExtensions: CertificateExtensions = {
  isAuthority: false,
  pathLengthMax: undefined,
  maySignCertificates: true,
  hasUnknownCritical: false,
};

/** More than any real certificate has. */
const extensionCountMax = 32;

/** Object identifiers as hexadecimal DER contents: `2.5.29.x` and so on. */
export const extensionIds = {
  subjectKeyIdentifier: "551d0e",
  keyUsage: "551d0f",
  subjectAlternativeName: "551d11",
  basicConstraints: "551d13",
  authorityKeyIdentifier: "551d23",
  extendedKeyUsage: "551d25",
} as const;

const knownIds: readonly string[] = Object.values(extensionIds);

/** The bit of `keyCertSign` in the first byte of a Key Usage. */
const keyCertSign = 0x04;

/** Reads the Extensions of a certificate. @throws DecodeError when they are malformed or one comes twice */
export function readExtensions(reader: DerReader): CertificateExtensions {
  const list = reader.inside(tags.sequence);
  reader.end();
  const seen = new Set<string>();
  let extensions = noExtensions;
  while (list.peek() !== undefined) {
    const fields = list.inside(tags.sequence);
    const id = hexEncode(fields.expect(tags.oid).content);
    const isCritical = fields.peek() === tags.boolean && fields.boolean();
    const value = new DerReader(fields.expect(tags.octetString).content);
    fields.end();
    if (seen.has(id)) list.fail("extension comes twice");
    if (seen.add(id).size > extensionCountMax) list.fail(`extensions are more than ${extensionCountMax}`);
    if (id === extensionIds.basicConstraints) {
      extensions = { ...extensions, ...readBasicConstraints(value) };
    } else if (id === extensionIds.keyUsage) {
      extensions = { ...extensions, maySignCertificates: readMaySign(value) };
    } else if (isCritical && !knownIds.includes(id)) {
      extensions = { ...extensions, hasUnknownCritical: true };
    }
  }
  return extensions;
}

function readBasicConstraints(
  value: DerReader,
): Pick<CertificateExtensions, "isAuthority" | "pathLengthMax"> {
  const fields = value.inside(tags.sequence);
  value.end();
  const isAuthority = fields.peek() === tags.boolean && fields.boolean();
  const pathLengthMax = fields.peek() === tags.integer ? fields.smallInteger() : undefined;
  fields.end();
  return { isAuthority, pathLengthMax };
}

function readMaySign(value: DerReader): boolean {
  const { content } = value.expect(tags.bitString);
  value.end();
  const [unusedBits, bits] = content;
  if (unusedBits === undefined || unusedBits > 7) value.fail("Key Usage is no BIT STRING");
  return ((bits ?? 0) & keyCertSign) !== 0;
}
