import { beforeEach, describe, expect, it } from "vitest";
import { utf8Decode, utf8Encode } from "../../bytes/index.ts";
import type { Clock } from "../../clock/clock.ts";
import { systemRandom } from "../../crypto/random.ts";
import type { Decrypted, RatchetState } from "../../ratchet/ratchet.ts";
import type { ConnectionId } from "../api.ts";
import { AgentCore } from "../core.ts";
import { smpNetwork } from "../network/smp-network.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { connectPair, type TestAgent, World } from "../testing/world.ts";
import { decryptWithRatchet, encryptWithRatchet, ratchetOf, storeDecrypted } from "./ratchet-store.ts";

/** The ratchet of one side, over the store of an agent that has stopped. */
class Side {
  readonly core: AgentCore;
  readonly id: ConnectionId;
  readonly #agent: TestAgent;
  readonly wall = { offsetMs: 0 };

  constructor(agent: TestAgent, id: ConnectionId) {
    const { clock: base, connect } = agent.world;
    const clock: Clock = {
      nowMs: () => base.nowMs() + this.wall.offsetMs,
      monotonicMs: () => base.monotonicMs(),
      after: (delayMs, callback) => base.after(delayMs, callback),
    };
    this.#agent = agent;
    this.id = id;
    this.core = new AgentCore({
      store: agent.store,
      clock,
      random: systemRandom,
      network: smpNetwork(connect, { clock, random: systemRandom }),
    });
  }

  get store() {
    return this.#agent.store;
  }

  /** Every copy of the ratchet that is held in memory meanwhile. */
  encrypt(work: Work, text: string) {
    const connection = work.get(this.id);
    const before = ratchetOf(work, connection);
    const { encrypted, state } = encryptWithRatchet(work, connection, before, utf8Encode(text), 100);
    return { encrypted, states: [before, state] };
  }

  decrypt(work: Work, message: Uint8Array) {
    const connection = work.get(this.id);
    const before = ratchetOf(work, connection);
    const decrypted = decryptWithRatchet(work, connection, before, message);
    work.put(storeDecrypted(work, connection, decrypted));
    return { decrypted, states: [before, decrypted.state] };
  }

  stored(): RatchetState | undefined {
    return this.store.transaction((transaction) => tables.ratchets.get(transaction, this.id));
  }
}

function secrets(states: readonly RatchetState[]): readonly Uint8Array[] {
  return states
    .flatMap((state) => [
      state.dhKeyPair.privateKey,
      state.kem?.privateKey,
      state.rootKey,
      state.sending?.chainKey,
      state.sending?.headerKey,
      state.receiving?.chainKey,
      state.receiving?.headerKey,
      state.nextSendHeaderKey,
      state.nextReceiveHeaderKey,
    ])
    .filter((secret) => secret !== undefined);
}

const isWiped = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);
const skippedSecrets = ({ skipped: { added, removed } }: Decrypted) =>
  [...added, ...(removed === undefined ? [] : [removed])].map(({ messageKey }) => messageKey.key);

describe("the keys of a ratchet in memory", () => {
  let alice: Side;
  let bob: Side;

  beforeEach(async () => {
    const world = new World();
    world.addRelay("one.test");
    const [one, two] = [world.addAgent(), world.addAgent()];
    const [a, b] = await connectPair(world, one, two);
    await one.agent.stop();
    await two.agent.stop();
    alice = new Side(one, a);
    bob = new Side(two, b);
  });

  it("are wiped after the commit of what was encrypted, and not before", () => {
    const { states } = alice.core.transaction((work) => {
      const encrypted = alice.encrypt(work, "hello");
      expect(secrets(encrypted.states).some(isWiped)).toBe(false);
      return encrypted;
    });
    expect(secrets(states).length).toBeGreaterThan(12);
    expect(secrets(states).every(isWiped)).toBe(true);
    expect(secrets([alice.stored() ?? fail()]).some(isWiped)).toBe(false);
  });

  it("are wiped after the commit of what was decrypted, with the keys of skipped messages", () => {
    const [first, second] = ["one", "two"].map((text) =>
      bob.core.transaction((work) => bob.encrypt(work, text).encrypted),
    );
    for (const message of [second, first]) {
      const { states, decrypted } = alice.core.transaction((work) => alice.decrypt(work, message ?? fail()));
      expect(secrets(states).every(isWiped)).toBe(true);
      expect(skippedSecrets(decrypted)).toHaveLength(1);
      expect(skippedSecrets(decrypted).every(isWiped)).toBe(true);
    }
    const answer = alice.core.transaction((work) => alice.encrypt(work, "answer").encrypted);
    const { decrypted } = bob.core.transaction((work) => bob.decrypt(work, answer));
    expect(utf8Decode(decrypted.plaintext)).toBe("answer");
  });

  it("of skipped messages are deleted with the first message after a month", () => {
    const [first, second, third] = ["one", "two", "three"].map((text) =>
      bob.core.transaction((work) => bob.encrypt(work, text).encrypted),
    );
    const take = (message: Uint8Array | undefined) =>
      alice.core.transaction((work) => alice.decrypt(work, message ?? fail()).decrypted);
    const stored = () => alice.store.transaction((transaction) => tables.skippedKeys.count(transaction));
    take(second);
    expect(stored()).toBe(1);
    alice.wall.offsetMs = 31 * 24 * 3_600_000;
    take(third);
    expect(stored()).toBe(0);
    expect(() => take(first)).toThrow("message is 2 before the last");
  });

  it("are as they were after a commit that failed, in memory and in the store", () => {
    const message = bob.core.transaction((work) => bob.encrypt(work, "hello").encrypted);
    const before = alice.stored();
    const kept: RatchetState[] = [];
    const failing = (run: (work: Work) => { readonly states: readonly RatchetState[] }) => {
      alice.core.transaction((work) => {
        kept.push(...run(work).states);
        throw new Error("no room");
      });
    };
    expect(() => failing((work) => alice.encrypt(work, "lost"))).toThrow("no room");
    expect(() => failing((work) => alice.decrypt(work, message))).toThrow("no room");
    expect(secrets(kept).some(isWiped)).toBe(false);
    expect(alice.stored()).toEqual(before);
    const { decrypted } = alice.core.transaction((work) => alice.decrypt(work, message));
    expect(utf8Decode(decrypted.plaintext)).toBe("hello");
  });

  it("are wiped when a transaction of a caller is over", async () => {
    const states = alice.store.transaction((transaction) => {
      const encrypted = alice.core.joined(transaction, (work) => alice.encrypt(work, "hello"));
      expect(secrets(encrypted.states).some(isWiped)).toBe(false);
      return encrypted.states;
    });
    await Promise.resolve();
    expect(secrets(states).every(isWiped)).toBe(true);
  });
});

function fail(): never {
  throw new Error("not there");
}
