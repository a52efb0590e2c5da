import { chownSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { systemRandom } from "../../core/crypto/random.ts";
import { hasIdentity, loadIdentityFiles, saveIdentityFiles } from "./folder.ts";
import {
  createIdentity,
  identityFilesFromText,
  identityToText,
  readIdentity,
  rotateCertificate,
} from "./identity.ts";

const nowMs = Date.UTC(2026, 0, 15);
const yearMs = 366 * 86_400_000;
const create = () => createIdentity("Ed25519", "relay.example.org", nowMs, systemRandom);

describe("a relay's identity", () => {
  it.each(["Ed25519", "Ed448"] as const)("is made with %s, and read back", (algorithm) => {
    const files = createIdentity(algorithm, "relay.example.org", nowMs, systemRandom);
    const identity = readIdentity(files, nowMs);
    expect(identity.privateKey.algorithm).toBe(algorithm);
    expect(identity.keyHash).toHaveLength(32);
    expect(readIdentity(identityFilesFromText(identityToText(files)), nowMs)).toEqual(identity);
  });

  it("keeps its name when the online certificate is made anew", () => {
    const files = create();
    const rotated = rotateCertificate(files, "other.example.org", nowMs, systemRandom);
    const [before, after] = [readIdentity(files, nowMs), readIdentity(rotated, nowMs)];
    expect(after.keyHash).toEqual(before.keyHash);
    expect(after.certificateChain[0]).not.toEqual(before.certificateChain[0]);
    const { "ca.key": _, ...withoutKey } = files;
    expect(() => rotateCertificate(withoutKey, "host", nowMs, systemRandom)).toThrow("ca.key is missing");
    expect(() =>
      rotateCertificate({ ...files, "ca.key": create()["ca.key"] ?? "" }, "host", nowMs, systemRandom),
    ).toThrow("cannot make certificate");
  });

  it("is refused when its files do not belong together, are damaged or expired", () => {
    const [files, other] = [create(), create()];
    expect(() => readIdentity({ ...files, "server.key": other["server.key"] }, nowMs)).toThrow(
      "server.key is not",
    );
    expect(() => readIdentity({ ...files, "ca.crt": other["ca.crt"] }, nowMs)).toThrow(
      "cannot read identity",
    );
    expect(() => readIdentity({ ...files, "server.crt": "nothing" }, nowMs)).toThrow("cannot read identity");
    expect(() => readIdentity(files, nowMs + 11 * yearMs)).toThrow("expired");
  });

  it("is kept in files that only the operator can read", () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-identity-"));
    try {
      expect(hasIdentity(folder)).toBe(false);
      expect(() => loadIdentityFiles(folder)).toThrow("ca.crt is missing");
      const files = create();
      saveIdentityFiles(folder, files);
      expect(loadIdentityFiles(folder)).toEqual(files);
      expect(statSync(join(folder, "server.key")).mode & 0o077).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.runIf(process.getuid?.() === 0)("belongs to the relay's user when root renews it", () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-identity-"));
    try {
      chownSync(folder, 12_345, 12_345);
      saveIdentityFiles(folder, create());
      expect(statSync(join(folder, "server.key"))).toMatchObject({ uid: 12_345, gid: 12_345 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
