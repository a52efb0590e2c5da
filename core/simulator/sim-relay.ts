import { Relay } from "../../relay/relay.ts";
import { limitDefaults } from "../../relay/settings/limits.ts";
import { MemoryStore as RelayStore } from "../../relay/store/memory/memory-store.ts";
import type { AddResult, QueueRecord, SentMessage } from "../../relay/store/store.ts";
import type { Clock } from "../clock/clock.ts";
import { certificateFingerprint } from "../crypto/certificate.ts";
import { createIdentityCertificate, createLeafCertificate } from "../crypto/certificate-create.ts";
import { generateKeyPair } from "../crypto/keys.ts";
import { formatRelayAddress, type RelayAddress } from "../smp/address.ts";
import { parseHost } from "../smp/host.ts";
import type { MemoryLink } from "../transport/memory.ts";
import { Chance } from "./chance.ts";

const validity = { notBeforeMs: Date.UTC(2020, 0), notAfterMs: Date.UTC(2099, 0) };
const identityChance = new Chance(1);

/** One identity does for all simulated relays: their hosts tell them apart. */
const identity = (() => {
  const random = identityChance.bytes;
  const root = generateKeyPair("Ed25519", random);
  const leaf = generateKeyPair("Ed25519", random);
  const certificate = createIdentityCertificate(root.privateKey, validity, random);
  const { der } = createLeafCertificate(
    certificate,
    root.privateKey,
    leaf.publicKey,
    "localhost",
    validity,
    random,
  );
  return {
    certificateChain: [der, certificate.der],
    privateKey: leaf.privateKey,
    keyHash: certificateFingerprint(certificate),
  };
})();

/** Sees all that a relay stores of messages. */
export type Witness = (host: string, queue: QueueRecord, message: SentMessage) => void;

class WitnessedStore extends RelayStore {
  readonly #host: string;
  readonly #witness: Witness;

  constructor(host: string, witness: Witness) {
    super();
    this.#host = host;
    this.#witness = witness;
  }

  override addMessage(queue: QueueRecord, message: SentMessage, quota: number): AddResult {
    this.#witness(this.#host, queue, message);
    return super.addMessage(queue, message, quota);
  }
}

/** What a simulated relay is made with. */
export interface SimRelayOptions {
  readonly host: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly queueQuota: number;
  readonly witness: Witness;
  readonly onError: (error: unknown) => void;
}

/** A relay that can go down, and come back with what it had stored. */
export class SimRelay {
  readonly host: string;
  readonly address: RelayAddress;
  readonly links = new Set<MemoryLink>();
  readonly store: RelayStore;
  readonly #options: SimRelayOptions;
  #relay: Relay;
  up = true;

  constructor(options: SimRelayOptions) {
    this.#options = options;
    this.host = options.host;
    this.address = { scheme: "smp", hosts: [parseHost(options.host)], port: "", keyHash: identity.keyHash };
    this.store = new WitnessedStore(options.host, options.witness);
    this.#relay = this.#create();
  }

  get text(): string {
    return formatRelayAddress(this.address);
  }

  #create(): Relay {
    const { clock, chance, queueQuota, onError } = this.#options;
    return new Relay({
      identity,
      store: this.store,
      clock,
      random: chance.bytes,
      newQueues: true,
      password: undefined,
      report: onError,
      limits: { ...limitDefaults, queueQuota, newQueuesPerMinute: 1_000_000 },
    });
  }

  accept(link: MemoryLink): void {
    this.links.add(link);
    void this.#relay.accept(link.server, "192.0.2.1");
  }

  /** Loses all connections at once. */
  cut(): void {
    for (const link of this.links) link.cut();
    this.links.clear();
  }

  down(): void {
    this.up = false;
    this.cut();
  }

  /** Begins again over what was stored. */
  restart(): void {
    this.cut();
    this.#relay = this.#create();
    this.up = true;
  }
}
