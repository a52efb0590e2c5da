import {
  base64urlDecode,
  base64urlEncode,
  DecodeError,
  decode,
  encode,
  formatVersionRange,
  largeBytes,
  parseVersionRange,
} from "../bytes/index.ts";
import { decodePublicKey, encodePublicKey } from "../crypto/keys.ts";
import { type E2eParamsUri, invitationKemProblem } from "./e2e-params.ts";
import { type KemParams, kemCiphertext, kemPublicKey } from "./kem-params.ts";
import { pqRatchetVersion } from "./versions.ts";

/**
 * The text form, a query string: `v=2-3&x3dh=key1,key2&kem_key=key`, keys as base64url of their DER form.
 * The KEM is left out when the highest version has none.
 */
export function formatE2eParamsUri({ versions, key1, key2, kem }: E2eParamsUri): string {
  const keys = [key1, key2].map((key) => base64urlEncode(encodePublicKey({ algorithm: "X448", key })));
  const parameters = [`v=${formatVersionRange(versions)}`, `x3dh=${keys.join(",")}`];
  if (kem !== undefined && versions.max >= pqRatchetVersion) {
    if (kem.type === "accepted") parameters.push(`kem_ct=${base64urlEncode(kem.ciphertext)}`);
    parameters.push(`kem_key=${base64urlEncode(kem.publicKey)}`);
  }
  return parameters.join("&");
}

/**
 * Reads what `formatE2eParamsUri` writes; the order of parameters means nothing, unknown ones are ignored.
 * @throws DecodeError for anything else, and for a KEM that is accepted instead of proposed
 */
export function parseE2eParamsUri(text: string): E2eParamsUri {
  const parameters = queryParameters(text);
  const versions = parseVersionRange(required(parameters, "v"));
  const [key1, key2, ...more] = required(parameters, "x3dh").split(",").map(parseKey);
  if (key1 === undefined || key2 === undefined || more.length > 0) {
    throw new DecodeError("x3dh is not two keys");
  }
  const kem = versions.max >= pqRatchetVersion ? parseKem(parameters) : undefined;
  const problem = invitationKemProblem(kem);
  if (problem !== undefined) throw new DecodeError(problem);
  return { versions, key1, key2, kem };
}

function parseKey(text: string): Uint8Array {
  return decodePublicKey(base64urlDecode(text), "X448").key;
}

function parseKem(parameters: ReadonlyMap<string, string>): KemParams | undefined {
  const key = parameters.get("kem_key");
  if (key === undefined) return undefined;
  const publicKey = decode(kemPublicKey, encode(largeBytes, base64urlDecode(key)));
  const text = parameters.get("kem_ct");
  if (text === undefined) return { type: "proposed", publicKey };
  const ciphertext = decode(kemCiphertext, encode(largeBytes, base64urlDecode(text)));
  return { type: "accepted", ciphertext, publicKey };
}

function required(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw new DecodeError(`parameter ${name} is missing`);
  return value;
}

/** The parameters by name; the first of a name counts. */
function queryParameters(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of text.split("&")) {
    const equals = part.indexOf("=");
    if (equals === -1) continue;
    const name = part.slice(0, equals);
    if (!parameters.has(name)) parameters.set(name, unescapePercent(part.slice(equals + 1)));
  }
  return parameters;
}

function unescapePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DecodeError("percent-encoding is broken");
  }
}
