import { type Bench, medianMicroseconds } from "../testing/bench.ts";
import { systemRandom } from "./random.ts";
import { sntrup761 } from "./sntrup761.ts";

/** A step of the post-quantum ratchet costs one of each. */
export const bench: Bench = (report) => {
  const { publicKey, privateKey } = sntrup761.generateKeyPair(systemRandom);
  const { ciphertext } = sntrup761.encapsulate(publicKey, systemRandom);
  const operations = {
    "generate key pair": () => void sntrup761.generateKeyPair(systemRandom),
    encapsulate: () => void sntrup761.encapsulate(publicKey, systemRandom),
    decapsulate: () => void sntrup761.decapsulate(privateKey, ciphertext),
  };
  for (const [name, run] of Object.entries(operations)) {
    report({ name, value: medianMicroseconds(run), unit: "us" });
  }
};
