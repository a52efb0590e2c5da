import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemRandom } from "../../../core/crypto/random.ts";
import { localRelayData } from "./folder.ts";

const nowMs = Date.UTC(2026, 5, 1);
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sotto-relay-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("all who make the relay at the same time get the same one, and it stays so", async () => {
  const path = join(folder, "deep", "relay");
  const made = await Promise.all(Array.from({ length: 5 }, () => localRelayData(path, systemRandom, nowMs)));
  expect(new Set(made.map(({ address }) => address)).size).toBe(1);
  expect(await localRelayData(path, systemRandom, nowMs)).toEqual(made[0]);
  expect(made[0]?.address).toMatch(/^smp:\/\/[\w-]{43}=@127\.0\.0\.1:2\d{4}$/);
  expect(readdirSync(join(folder, "deep"))).toEqual(["relay"]);
  expect(statSync(path).mode & 0o077).toBe(0);
});

test("a folder that is damaged is told, not replaced", async () => {
  const path = join(folder, "damaged");
  await localRelayData(path, systemRandom, nowMs);
  writeFileSync(join(path, "local.json"), "{}");
  await expect(localRelayData(path, systemRandom, nowMs)).rejects.toMatchObject({ code: "badFile" });

  const other = join(folder, "other");
  await localRelayData(other, systemRandom, nowMs);
  rmSync(join(other, "identity", "server.key"));
  await expect(localRelayData(other, systemRandom, nowMs)).rejects.toMatchObject({ code: "badFile" });
});
