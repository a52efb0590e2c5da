import { equalBytes } from "../core/bytes/index.ts";
import type { Cancel } from "../core/clock/clock.ts";
import { systemClock } from "../core/clock/system.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { formatRelayAddress, formatRelayAddressWithAuth, type RelayAddress } from "../core/smp/address.ts";
import type { DoorOptions, OpenDoor } from "./doors/door.ts";
import { IdentityError, type RelayIdentity } from "./identity/identity.ts";
import { startMaintenance } from "./maintenance.ts";
import { connectionsThatFit } from "./open-files.ts";
import { Relay } from "./relay.ts";
import type { Runtime } from "./runtime.ts";
import { doorError } from "./settings/blame.ts";
import { type DoorName, limitsOf, type RelaySettings } from "./settings/settings.ts";
import { openStore } from "./store/open.ts";
import { StoreLostError } from "./store/store.ts";

/** A relay with its doors open. */
export interface RunningRelay {
  readonly relay: Relay;
  readonly doors: readonly OpenDoor[];
  /**
   * Takes the identity and the certificates that there are by now, and tells the operator of each; what cannot be used
   * stays as it was. @param readIdentity throws IdentityError when there is none that can be used
   */
  reload(readIdentity: () => RelayIdentity): void;
  /** Resolves when the store may have lost what it holds: then the relay is to end, and to be started again. */
  readonly lost: Promise<StoreLostError>;
  /** Lets no one in any more, finishes what was promised, and closes everything. */
  stop(): Promise<void>;
}

/** The relay's address, as clients are told it. */
export function addressOf(settings: RelaySettings, { keyHash }: RelayIdentity): RelayAddress {
  const { host: hosts, port } = settings;
  return { scheme: "smp", hosts, port: port === undefined ? "" : String(port), keyHash };
}

/** The address with the password, for the operator. */
export function operatorAddressOf(settings: RelaySettings, identity: RelayIdentity): string {
  const relay = addressOf(settings, identity);
  const { password } = settings;
  return password === undefined ? formatRelayAddress(relay) : formatRelayAddressWithAuth({ relay, password });
}

/**
 * Opens the store and the doors of a relay.
 * @throws StoreError, SettingError, or Error when a port cannot be listened on
 */
export async function runRelay(
  runtime: Runtime,
  settings: RelaySettings,
  identity: RelayIdentity,
): Promise<RunningRelay> {
  const isProxy = settings.proxy ?? runtime.defaultProxy;
  const connectionsMax = connectionsThatFit(settings, isProxy);
  if (connectionsMax < settings["max-connections"]) {
    runtime.print(
      `max-connections is ${connectionsMax}: the system lets the relay have no more files open (ulimit -n)`,
    );
  }
  const { store, peers } = await openStore(runtime, settings);
  const lost = new Promise<StoreLostError>((resolve) =>
    store.onFailure((error) => {
      if (error instanceof StoreLostError) resolve(error);
    }),
  );
  const relay = new Relay({
    identity,
    store,
    clock: systemClock,
    random: systemRandom,
    limits: { ...limitsOf(settings), connectionsMax },
    newQueues: settings["new-queues"],
    password: settings.password,
    expireOnSend: settings["expire-on-send"],
    defer: runtime.defer,
    report: runtime.report,
    ...(peers && { peers }),
    ...(isProxy && { proxy: runtime.openProxy(settings) }),
  });
  const page = {
    address: formatRelayAddress(addressOf(settings, identity)),
    hasPassword: settings.password !== undefined,
    source: settings.source,
    metrics: settings.metrics,
  };
  const doors: OpenDoor[] = [];
  let stopMaintenance: Cancel = () => undefined;
  const stop = async (): Promise<void> => {
    stopMaintenance();
    const closing = doors.map((door) => door.close());
    await relay.stop();
    await Promise.race([Promise.all(closing), new Promise((resolve) => setTimeout(resolve, doorTimeoutMs))]);
    await store.close();
  };
  try {
    for (const name of settings.doors ?? runtime.defaultDoors) {
      doors.push(await openDoor(runtime, name, { relay, settings, page }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  stopMaintenance = startMaintenance(relay);
  return {
    relay,
    doors,
    lost,
    reload(readIdentity) {
      attempt(runtime, "identity", () => {
        const next = readIdentity();
        if (!equalBytes(next.keyHash, relay.identity.keyHash))
          throw new IdentityError("it is another relay's");
        relay.identity = next;
        for (const door of doors) door.refresh?.();
      });
      for (const { name, readCertificate } of doors) {
        if (readCertificate !== undefined)
          attempt(runtime, `certificate of the ${name} door`, readCertificate);
      }
    },
    stop,
  };
}

/** Opens a door. @throws SettingError that says which setting is wrong when the system does not let it be opened */
async function openDoor(runtime: Runtime, name: DoorName, options: DoorOptions): Promise<OpenDoor> {
  try {
    return await runtime.openDoor(name, options);
  } catch (error) {
    throw doorError(name, options.settings, error);
  }
}

/** Takes something anew, and tells how it went: a relay that runs does not stop for what cannot be used. */
function attempt(runtime: Runtime, what: string, take: () => void): void {
  try {
    take();
    runtime.print(`${what} was read again`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    runtime.printError(`${what} stays as it was: ${reason}`);
  }
}

/** What doors may take to close, in milliseconds: connections that linger are cut off after it. */
const doorTimeoutMs = 2000;
