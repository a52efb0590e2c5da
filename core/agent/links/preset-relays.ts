import { equalBytes } from "../../bytes/index.ts";
import type { RelayAddress } from "../../smp/address.ts";
import type { ShortLink } from "./short-link.ts";

/** Relays that every app knows, and that a short link therefore need not describe. */
export type PresetRelays = readonly RelayAddress[];

function findPreset(relay: RelayAddress, presets: PresetRelays): RelayAddress | undefined {
  return presets.find(({ hosts }) => hosts[0]?.name === relay.hosts[0]?.name);
}

const defaultPorts = ["443", "5223"];

/** Whether the address is that of a preset relay, be it with fewer hosts or with a default port spelled out. */
export function isPresetRelay(relay: RelayAddress, presets: PresetRelays): boolean {
  const preset = findPreset(relay, presets);
  if (preset === undefined) return false;
  const samePort = relay.port === preset.port || (preset.port === "" && defaultPorts.includes(relay.port));
  const known = (name: string) => preset.hosts.some((host) => host.name === name);
  return (
    samePort && relay.hosts.every(({ name }) => known(name)) && equalBytes(relay.keyHash, preset.keyHash)
  );
}

/** The link with a preset relay named by its first host alone. */
export function shortenShortLink(link: ShortLink, presets: PresetRelays): ShortLink {
  const { relay } = link;
  if (!isPresetRelay(relay, presets)) return link;
  return {
    ...link,
    relay: { ...relay, hosts: relay.hosts.slice(0, 1), port: "", keyHash: new Uint8Array(0) },
  };
}

/** The opposite of `shortenShortLink`; a link that is complete, or of an unknown relay, stays as it is. */
export function restoreShortLink(link: ShortLink, presets: PresetRelays): ShortLink {
  const { relay } = link;
  if (relay.hosts.length !== 1 || relay.port !== "" || relay.keyHash.length > 0) return link;
  return { ...link, relay: findPreset(relay, presets) ?? relay };
}
