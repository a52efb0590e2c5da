import { encode } from "../bytes/index.ts";
import { systemRandom } from "../crypto/random.ts";
import { type Bench, medianMicroseconds } from "../testing/bench.ts";
import {
  acceptRatchet,
  decrypt,
  e2eParamsOfVersion,
  encrypt,
  invitationKeys,
  joinRatchet,
  noSkippedKeys,
  type RatchetState,
  ratchetStateStorage,
} from "./ratchet.ts";

/** Padded lengths of messages in the agent, without and with the KEM, in bytes. */
const paddedLength = { off: 15_840, on: 13_618 };

const plaintext = new Uint8Array(200);

function start(pq: boolean): { alice: RatchetState; bob: RatchetState } {
  const { keys, params } = invitationKeys(systemRandom, pq);
  const { state, params: reply } = joinRatchet(systemRandom, e2eParamsOfVersion(params, 3), pq);
  return { alice: state, bob: acceptRatchet(keys, reply, pq) };
}

/** Messages of the size the agent sends: one after another in one direction, and in turns. */
export const bench: Bench = (report) => {
  for (const kem of ["off", "on"] as const) {
    const pq = kem === "on";
    report({
      name: `start both sides, PQ ${kem}`,
      value: medianMicroseconds(() => void start(pq)),
      unit: "us",
    });

    let { alice, bob } = start(pq);
    const send = (from: RatchetState, to: RatchetState): [RatchetState, RatchetState] => {
      const { state, message } = encrypt(from, plaintext, paddedLength[kem]);
      return [state, decrypt(to, noSkippedKeys, message, systemRandom).state];
    };
    [alice, bob] = send(alice, bob);
    const same = medianMicroseconds(() => {
      [alice, bob] = send(alice, bob);
    });
    report({ name: `encrypt and decrypt, same chain, PQ ${kem}`, value: same, unit: "us" });
    const turn = medianMicroseconds(() => {
      [bob, alice] = send(bob, alice);
      [alice, bob] = send(alice, bob);
    });
    report({ name: `encrypt and decrypt, new step, PQ ${kem}`, value: turn / 2, unit: "us" });
    const encryptOnly = medianMicroseconds(() => void encrypt(alice, plaintext, paddedLength[kem]));
    report({ name: `encrypt, PQ ${kem}`, value: encryptOnly, unit: "us" });
    const store = medianMicroseconds(() => void encode(ratchetStateStorage, alice));
    report({ name: `encode the state, PQ ${kem}`, value: store, unit: "us" });
    report({ name: `stored state, PQ ${kem}`, value: encode(ratchetStateStorage, alice).length, unit: "B" });
  }
};
