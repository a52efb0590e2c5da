import { constants } from "node:buffer";
import { execFile } from "node:child_process";
import { appendFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";
import { base64urlEncode } from "../../core/bytes/index.ts";
import { generateKeyPair } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { keyToBytes } from "../store/keys.ts";
import { relayCommand, temporaryFolder } from "../testing/process.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function createLine(): string {
  const [id, secret] = [() => base64urlEncode(systemRandom(24)), base64urlEncode(systemRandom(32))];
  const key = base64urlEncode(keyToBytes(generateKeyPair("Ed25519", systemRandom).publicKey));
  return `CREATE rid=${id()} rk=${key} rdh=${secret} sid=${id()} sk=\n`;
}

it("a store log that is longer than a string can be is taken over", async () => {
  const { path, remove } = temporaryFolder();
  cleanups.push(remove);
  const log = join(path, "smp-server-store.log");
  writeFileSync(log, createLine());
  // A hole in the file, of zeros, of which no more than a piece is ever in memory.
  truncateSync(log, constants.MAX_STRING_LENGTH + 1);
  appendFileSync(log, `\n${createLine()}`);
  const [command, args] = relayCommand("node", path);
  const run = [...args, "import-log", log, "--data", join(path, "data")];
  const { stdout } = await promisify(execFile)(command, ["--max-old-space-size=40", ...run]);
  expect(stdout).toBe("2 lines taken over, 2 queues stored\n1 lines skipped: 2\n");
});
