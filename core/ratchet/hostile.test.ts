import { describe, expect, test } from "vitest";
import { decode, encode } from "../bytes/index.ts";
import { aesGcm } from "../crypto/aes-gcm.ts";
import { sntrup761 } from "../crypto/sntrup761.ts";
import { encryptedHeader, encryptedMessage } from "./encrypted-message.ts";
import { type MessageHeader, messageHeader } from "./message-header.ts";
import { noSkippedKeys, RatchetError, type RatchetErrorCode, skippedInRowMax } from "./ratchet.ts";
import { type Party, seededRandom, twoParties, withPq } from "./testing/parties.ts";

/** What receiving throws: has to be a RatchetError, and to leave what is stored as it was. */
function refusal(party: Party, message: Uint8Array): RatchetError {
  const { stored, skipped } = party;
  try {
    party.receive(message);
  } catch (error) {
    expect(party.stored).toBe(stored);
    expect(party.skipped).toBe(skipped);
    if (error instanceof RatchetError) return error;
    throw error;
  }
  throw new Error("the message was decrypted");
}

const codeOf = (party: Party, message: Uint8Array): RatchetErrorCode => refusal(party, message).code;

/** A conversation under way, and Alice's next message. */
function underWay(pq: boolean) {
  const { alice, bob } = twoParties(pq ? withPq : {});
  bob.receive(alice.send("a"));
  alice.receive(bob.send("b"));
  return { alice, bob, genuine: alice.send("genuine") };
}

/** A message of a peer that has the right keys and puts any header it likes into it. */
function forged(alice: Party, change: Partial<MessageHeader>): Uint8Array {
  const { sending, associatedData, dhKeyPair, currentVersion: version } = alice.state;
  if (sending === undefined) throw new Error("alice has no sending chain");
  const header = encode(messageHeader(version), {
    maxVersion: 3,
    dhPublicKey: dhKeyPair.publicKey,
    kem: undefined,
    previousCount: alice.state.previousCount,
    number: alice.state.sendNumber,
    ...change,
  });
  const iv = new Uint8Array(16);
  const sealed = aesGcm.sealPadded(sending.headerKey, iv, associatedData, header, 2310);
  return encode(encryptedMessage(version), {
    header: encode(encryptedHeader, { version, iv, sealed }).slice(),
    sealed: { tag: new Uint8Array(16), ciphertext: new Uint8Array(100) },
  }).slice();
}

describe.each([false, true])("a damaged message (KEM: %s)", (pq) => {
  const { bob, genuine } = underWay(pq);
  /** Every byte of the short message, some of the long one. */
  const stride = pq ? 37 : 1;

  test("with any byte changed is refused", () => {
    for (let at = 0; at < genuine.length; at += stride) {
      const changed = genuine.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      refusal(bob, changed);
    }
  });

  test("cut off anywhere is refused", () => {
    for (let length = 0; length < genuine.length; length += stride) refusal(bob, genuine.subarray(0, length));
  });

  test("with more bytes at the end is refused", () => {
    const longer = new Uint8Array(genuine.length + 1);
    longer.set(genuine);
    expect(codeOf(bob, longer)).toBe("DECRYPT_AES");
  });

  test("leaves the genuine copy readable", () => {
    expect(bob.receive(genuine)).toBe("genuine");
    expect(codeOf(bob, genuine)).toBe("A_DUPLICATE");
  });
});

describe("errors tell apart", () => {
  test("what is no message, a header without a key, and a body that is damaged", () => {
    const { bob, genuine } = underWay(false);
    expect(codeOf(bob, new Uint8Array(0))).toBe("A_MESSAGE");
    expect(codeOf(bob, genuine.subarray(0, 10))).toBe("A_MESSAGE");
    const header = genuine.slice();
    header[40] = (header[40] ?? 0) ^ 1;
    expect(codeOf(bob, header)).toBe("RATCHET_HEADER");
    const body = genuine.slice();
    body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
    expect(codeOf(bob, body)).toBe("DECRYPT_AES");
  });

  test("versions that nobody speaks", () => {
    const { bob, genuine } = underWay(false);
    for (const version of [0, 1, 4, 255]) {
      const other = genuine.slice();
      other[3] = version;
      expect(codeOf(bob, other)).toBe("A_MESSAGE");
    }
    const downgraded = genuine.slice();
    downgraded[3] = 2;
    refusal(bob, downgraded);
    expect(bob.receive(genuine)).toBe("genuine");
  });

  test("the last message once more, an earlier one, and one of an earlier chain", () => {
    const { alice, bob } = twoParties();
    const [m0, m1, m2] = [alice.send("0"), alice.send("1"), alice.send("2")];
    for (const message of [m0, m1, m2]) bob.receive(message);
    expect(codeOf(bob, m2)).toBe("A_DUPLICATE");
    expect(refusal(bob, m1)).toMatchObject({ code: "RATCHET_EARLIER", count: 1 });
    expect(refusal(bob, m0)).toMatchObject({ code: "RATCHET_EARLIER", count: 2 });

    const lost = alice.send("lost");
    bob.receive(alice.send("4"));
    alice.receive(bob.send("turn"));
    bob.receive(alice.send("next chain"));
    expect(refusal(bob, m2)).toMatchObject({ code: "RATCHET_EARLIER" });
    expect(bob.receive(lost)).toBe("lost");
    expect(refusal(bob, lost)).toMatchObject({ code: "RATCHET_HEADER" });
  });

  test("a skipped message that is damaged keeps its key for the genuine copy", () => {
    const { alice, bob } = twoParties();
    const skipped = alice.send("skipped");
    bob.receive(alice.send("later"));
    const damaged = skipped.slice();
    damaged[damaged.length - 1] = (damaged[damaged.length - 1] ?? 0) ^ 1;
    expect(codeOf(bob, damaged)).toBe("DECRYPT_AES");
    expect(bob.receive(skipped)).toBe("skipped");
  });
});

describe("gaps", () => {
  test("of 512 messages are skipped, and each of them can still arrive", () => {
    const { alice, bob } = twoParties();
    const missing = Array.from({ length: skippedInRowMax }, (_, i) => alice.send(`${i}`));
    expect(bob.receive(alice.send("after"))).toBe("after");
    expect(bob.skipped.length).toBe(skippedInRowMax);
    for (const i of [0, 1, 300, 511]) expect(bob.receive(missing[i] ?? new Uint8Array(0))).toBe(`${i}`);
    expect(bob.skipped.length).toBe(skippedInRowMax - 4);
  });

  test("of more are refused, until enough of the missing ones have come", () => {
    const { alice, bob } = twoParties();
    bob.receive(alice.send("first"));
    const missing = Array.from({ length: skippedInRowMax + 1 }, (_, i) => alice.send(`${i}`));
    const after = alice.send("after");
    expect(refusal(bob, after)).toMatchObject({ code: "RATCHET_SKIPPED", count: skippedInRowMax + 2 });
    expect(bob.receive(missing[0] ?? new Uint8Array(0))).toBe("0");
    expect(bob.receive(after)).toBe("after");
  });

  test("that a hostile peer claims cost nothing", () => {
    const { alice, bob } = underWay(false);
    const numbers = { number: 0xffff_ffff };
    expect(codeOf(bob, forged(alice, numbers))).toBe("RATCHET_SKIPPED");
    expect(codeOf(bob, forged(alice, { previousCount: 0xffff_ffff }))).toBe("RATCHET_SKIPPED");
    expect(bob.skipped).toEqual([]);
  });
});

describe("a peer with the right keys", () => {
  test("can't make us use a key of low order", () => {
    const { alice, bob, genuine } = underWay(false);
    for (const first of [0, 1]) {
      const dhPublicKey = new Uint8Array(56);
      dhPublicKey[0] = first;
      expect(codeOf(bob, forged(alice, { dhPublicKey }))).toBe("RATCHET_HEADER");
    }
    expect(bob.receive(genuine)).toBe("genuine");
  });

  test("can't accept a KEM that was not proposed", () => {
    const { alice, bob, genuine } = underWay(false);
    const { publicKey } = sntrup761.generateKeyPair(seededRandom(1));
    const { ciphertext } = sntrup761.encapsulate(publicKey, seededRandom(2));
    const message = forged(alice, { kem: { type: "accepted", ciphertext, publicKey } });
    expect(codeOf(bob, message)).toBe("RATCHET_KEM");
    expect(bob.receive(genuine)).toBe("genuine");
  });

  test("gets a broken KEM ciphertext refused with the body, and the ratchet goes on", () => {
    const { alice, bob, genuine } = underWay(true);
    const { publicKey } = sntrup761.generateKeyPair(seededRandom(1));
    const ciphertext = new Uint8Array(1039);
    expect(codeOf(bob, forged(alice, { kem: { type: "accepted", ciphertext, publicKey } }))).toBe(
      "DECRYPT_AES",
    );
    expect(bob.receive(genuine)).toBe("genuine");
  });

  test("may announce any version, and gets the highest that we speak", () => {
    const { alice, bob } = underWay(false);
    refusal(bob, forged(alice, { maxVersion: 0xffff }));
    expect(bob.state.currentVersion).toBe(3);
    const encoded = encode(messageHeader(3), {
      maxVersion: 7,
      dhPublicKey: alice.state.dhKeyPair.publicKey,
      kem: undefined,
      previousCount: 0,
      number: 0,
    });
    expect(decode(messageHeader(3), encoded).maxVersion).toBe(7);
    expect([...noSkippedKeys.headerKeys()]).toEqual([]);
  });
});
