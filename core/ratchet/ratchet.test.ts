import { describe, expect, test } from "vitest";
import { decode, encode, equalBytes } from "../bytes/index.ts";
import {
  acceptRatchet,
  decrypt,
  e2eKeysStorage,
  e2eParams,
  encrypt,
  encryptBody,
  encryptHeader,
  invitationKeys,
  joinRatchet,
  noSkippedKeys,
  pqStatus,
  RatchetError,
  ratchetAdHash,
  restartKeys,
  restartRatchet,
  supportsPqAfter,
  wipeSpent,
} from "./ratchet.ts";
import { bodyKeyStorage } from "./storage.ts";
import { Party, seededRandom, twoParties, withPq } from "./testing/parties.ts";

/** Each sends one message, `turns` times; gives whether each was protected by the KEM. */
function exchange(alice: Party, bob: Party, turns: number): boolean[] {
  const received: boolean[] = [];
  for (let turn = 0; turn < turns; turn++) {
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      expect(to.receive(from.send(`turn ${turn}`))).toBe(`turn ${turn}`);
      received.push(pqStatus(to.state).receives);
    }
  }
  return received;
}

describe("a conversation", () => {
  test("goes on in turns, with the same security code on both sides", () => {
    const { alice, bob } = twoParties();
    exchange(alice, bob, 3);
    expect(ratchetAdHash(alice.state)).toEqual(ratchetAdHash(bob.state));
  });

  test("has the KEM from the first message on when the invitation proposes it", () => {
    const { alice, bob } = twoParties(withPq);
    expect(exchange(alice, bob, 3)).toEqual([true, true, true, true, true, true]);
    expect(pqStatus(alice.state)).toEqual({ sends: true, receives: true, enabled: true, supported: true });
  });

  test("gets the KEM within two turns when only the replies propose it", () => {
    const { alice, bob } = twoParties({ alicePq: true, bobPq: true });
    expect(exchange(alice, bob, 3)).toEqual([false, true, true, true, true, true]);
  });

  test("never has the KEM when one side does not want it", () => {
    const { alice, bob } = twoParties({ invitationPq: true, alicePq: false, bobPq: true });
    expect(exchange(alice, bob, 4)).not.toContain(true);
  });

  test("rises to the highest version of both", () => {
    const { alice, bob } = twoParties({ version: 2 });
    expect(alice.state.currentVersion).toBe(2);
    exchange(alice, bob, 1);
    expect([alice.state.currentVersion, bob.state.currentVersion]).toEqual([3, 3]);
  });

  test("stays at version 2 with a peer that speaks nothing else", () => {
    const { alice, bob } = twoParties({ version: 2 });
    for (let turn = 0; turn < 3; turn++) {
      expect(bob.receive(alice.send("a", { supportedVersion: 2 }))).toBe("a");
      expect(alice.receive(bob.send("b", { supportedVersion: 2 }))).toBe("b");
    }
    expect([alice.state.currentVersion, bob.state.currentVersion]).toEqual([2, 2]);
  });

  test("can't be started by the side that has to receive first", () => {
    const { bob } = twoParties();
    expect(() => bob.send("too early")).toThrow(
      new RatchetError("RATCHET_STATE", "cannot encrypt: no message was received yet"),
    );
  });
});

describe("parameters of a version that nobody speaks", () => {
  test.each([0, 1, 4, 0xffff])("are refused: %i", (version) => {
    const random = seededRandom(8);
    const { keys, params } = invitationKeys(random, false);
    const peer = { ...params, version };
    expect(() => joinRatchet(random, peer, true)).toThrow("ratchet version");
    expect(() => acceptRatchet(keys, peer, true)).toThrow("ratchet version");
    expect(() => restartRatchet(random, keys, peer, true)).toThrow("ratchet version");
  });
});

describe("the KEM", () => {
  test("is switched on by both sides within a few turns, and off again", () => {
    const { alice, bob } = twoParties();
    exchange(alice, bob, 1);
    bob.receive(alice.send("on", { pq: true }));
    alice.receive(bob.send("on", { pq: true }));
    expect(exchange(alice, bob, 3).slice(-2)).toEqual([true, true]);
    for (let turn = 0; turn < 3; turn++) {
      bob.receive(alice.send("off", { pq: false }));
      alice.receive(bob.send("off", { pq: false }));
    }
    expect([pqStatus(alice.state).receives, pqStatus(bob.state).receives]).toEqual([false, false]);
    expect(pqStatus(alice.state).supported).toBe(true);
  });

  test("switched off in a chain, leaves messages of the chain readable in any order", () => {
    const { alice, bob } = twoParties(withPq);
    exchange(alice, bob, 1);
    const first = alice.send("first", { pq: false });
    const second = alice.send("second", { pq: false });
    expect(bob.receive(second)).toBe("second");
    expect(bob.receive(first)).toBe("first");
  });

  test("makes headers larger as soon as it is supported", () => {
    const { alice, bob } = twoParties();
    exchange(alice, bob, 1);
    expect(supportsPqAfter(alice.state)).toBe(false);
    expect(supportsPqAfter(alice.state, true)).toBe(true);
    const small = alice.send("off").length;
    expect(alice.send("on", { pq: true }).length - small).toBe(2310 - 88);
    expect(alice.send("off", { pq: false }).length - small).toBe(2310 - 88);
  });

  test("is refused when it is accepted without having been proposed", () => {
    const random = seededRandom(5);
    const { params } = joinRatchet(random, { ...invitationKeys(random, true).params, version: 3 }, true);
    expect(params.kem?.type).toBe("accepted");
    const other = invitationKeys(random, false).keys;
    expect(() => acceptRatchet(other, params, true)).toThrow("accepts a KEM not proposed");
    expect(() => joinRatchet(random, params, true)).toThrow("accepts a KEM not proposed");
    expect(() => restartRatchet(random, other, params, true)).toThrow("accepts a KEM, where both propose");
  });

  test("is not used with a peer whose version has none, whatever it proposes", () => {
    const random = seededRandom(6);
    const invitation = invitationKeys(random, true);
    const { state, params } = joinRatchet(random, { ...invitation.params, version: 2 }, true);
    expect(params.kem).toBeUndefined();
    expect(pqStatus(state)).toEqual({ sends: false, receives: false, enabled: false, supported: false });
  });
});

describe("a restart", () => {
  test.each([false, true])("lets one side send first, and both talk again (pq %s)", (pq) => {
    const random = seededRandom(7);
    for (let i = 0; i < 4; i++) {
      const left = restartKeys(random, 3, pq);
      const right = restartKeys(random, 3, pq);
      const leftStart = restartRatchet(random, left.keys, right.params, pq);
      const rightStart = restartRatchet(random, right.keys, left.params, pq);
      expect(leftStart.sendsFirst).toBe(!rightStart.sendsFirst);
      const parties = [new Party(leftStart.state, random), new Party(rightStart.state, random)] as const;
      const [first, second] = leftStart.sendsFirst ? parties : [parties[1], parties[0]];
      expect(exchange(first, second, 3).slice(-2)).toEqual([pq, pq]);
    }
  });
});

describe("the public functions", () => {
  test("leave the states they are given as they are", () => {
    const { alice, bob } = twoParties(withPq);
    const before = alice.state;
    const { message } = encrypt(before, Uint8Array.of(1), 50);
    expect(before).toEqual(alice.state);
    const receiving = bob.state;
    decrypt(receiving, noSkippedKeys, message, seededRandom(1));
    expect(receiving).toEqual(bob.state);
  });

  test("encrypt the header now and the body later, after being stored", () => {
    const { alice, bob } = twoParties(withPq);
    const { bodyKey } = encryptHeader(alice.state);
    const restored = decode(bodyKeyStorage, encode(bodyKeyStorage, bodyKey));
    const message = encryptBody(restored, Uint8Array.of(72, 105), 100);
    expect(bob.receive(message)).toBe("Hi");
  });

  test("keep the keys of an invitation until it is answered", () => {
    const { keys } = invitationKeys(seededRandom(3), true);
    expect(decode(e2eKeysStorage, encode(e2eKeysStorage, keys))).toEqual(keys);
  });

  test("send parameters that the other side reads as they are", () => {
    const random = seededRandom(4);
    const { params } = joinRatchet(random, { ...invitationKeys(random, true).params, version: 3 }, true);
    expect(decode(e2eParams, encode(e2eParams, params))).toEqual(params);
  });

  test("refuse a plaintext that does not fit, and the next one still goes out", () => {
    const { alice, bob } = twoParties();
    expect(() => encrypt(alice.state, new Uint8Array(99), 100)).toThrow("cannot pad message");
    expect(bob.receive(alice.send("fits"))).toBe("fits");
  });
});

describe("wipeSpent", () => {
  test("zeroes the keys that the next state does not have, and no others", () => {
    const { alice, bob } = twoParties(withPq);
    exchange(alice, bob, 1);
    const message = alice.send("step");
    const previous = bob.state;
    const { state } = decrypt(previous, noSkippedKeys, message, seededRandom(1));
    const kept = structuredClone(state);
    const isZero = (bytes: Uint8Array | undefined): boolean =>
      bytes !== undefined && equalBytes(bytes, new Uint8Array(bytes.length));
    wipeSpent(previous, state);
    expect(isZero(previous.rootKey)).toBe(true);
    expect(isZero(previous.dhKeyPair.privateKey)).toBe(true);
    expect(isZero(previous.kem?.privateKey)).toBe(true);
    expect(isZero(previous.sending?.chainKey)).toBe(true);
    expect(isZero(previous.receiving?.chainKey)).toBe(true);
    expect(state).toEqual(kept);
  });
});

describe("decrypting", () => {
  test("leaves the state that it was given as it was, over a step and skipped messages, whether it succeeds or not", () => {
    const { alice, bob } = twoParties(withPq);
    exchange(alice, bob, 1);
    alice.send("skipped before the step");
    alice.receive(bob.send("step"));
    alice.send("skipped after it");
    const message = alice.send("last");
    const damaged = Uint8Array.from(message, (byte, i) => (i === message.length - 1 ? byte ^ 1 : byte));
    const previous = bob.state;
    const kept = structuredClone(previous);
    expect(() => decrypt(previous, noSkippedKeys, damaged, seededRandom(1))).toThrow(
      "tag is not of this input",
    );
    expect(previous).toEqual(kept);
    const { state, skipped } = decrypt(previous, noSkippedKeys, message, seededRandom(1));
    expect(previous).toEqual(kept);
    expect(skipped.added).toHaveLength(2);
    for (const secret of [
      state.rootKey,
      state.receiving?.chainKey,
      ...skipped.added.map((one) => one.messageKey.key),
    ])
      expect(secret?.some((byte) => byte !== 0)).toBe(true);
  });
});
