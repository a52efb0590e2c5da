import { describe, expect, test } from "vitest";
import { type Codec, DecodeError, decode, EncodeError, encode } from "../bytes/index.ts";
import {
  e2eKeysStorage,
  encryptHeader,
  invitationKeys,
  ratchetStateStorage,
  skippedKeyStorage,
} from "./ratchet.ts";
import { bodyKeyStorage } from "./storage.ts";
import { seededRandom, twoParties, withPq } from "./testing/parties.ts";

function cases(): [string, Codec<unknown>, unknown][] {
  const entry = <T>(name: string, codec: Codec<T>, value: T): [string, Codec<unknown>, unknown] => [
    name,
    { encode: (writer) => codec.encode(writer, value), decode: (reader) => codec.decode(reader) },
    value,
  ];
  const plain = twoParties();
  const pq = twoParties(withPq);
  const skipping = twoParties();
  skipping.alice.send("lost");
  skipping.bob.receive(skipping.alice.send("a"));
  const [skipped] = skipping.bob.skipped;
  if (skipped === undefined) throw new Error("nothing was skipped");
  return [
    entry("a sending ratchet", ratchetStateStorage, plain.alice.state),
    entry("a receiving ratchet", ratchetStateStorage, plain.bob.state),
    entry("a ratchet with both chains", ratchetStateStorage, skipping.bob.state),
    entry("a ratchet with a KEM", ratchetStateStorage, pq.alice.state),
    entry("the key of a body", bodyKeyStorage, encryptHeader(pq.alice.state).bodyKey),
    entry("a skipped key", skippedKeyStorage, skipped),
    entry("keys of an invitation", e2eKeysStorage, invitationKeys(seededRandom(1), true).keys),
  ];
}

describe.each(cases())("%s", (_, codec, value) => {
  const stored = encode(codec, value).slice();

  test("comes back from its stored form", () => {
    expect(decode(codec, stored)).toEqual(value);
  });

  test("does not share memory with its stored form", () => {
    const copy = stored.slice();
    const read = decode(codec, copy);
    copy.fill(0);
    expect(read).toEqual(value);
  });

  test("is not read when cut off, longer, or of another form", () => {
    for (const length of [0, 1, stored.length >> 1, stored.length - 1]) {
      expect(() => decode(codec, stored.subarray(0, length))).toThrow(DecodeError);
    }
    const longer = new Uint8Array(stored.length + 1);
    longer.set(stored);
    expect(() => decode(codec, longer)).toThrow(DecodeError);
    const other = stored.slice();
    other[0] = 2;
    expect(() => decode(codec, other)).toThrow("stored form 2 is unknown");
  });
});

test("a state with a key of a wrong length is not stored", () => {
  const { alice } = twoParties();
  const broken = { ...alice.state, rootKey: new Uint8Array(31) };
  expect(() => encode(ratchetStateStorage, broken)).toThrow(EncodeError);
});
