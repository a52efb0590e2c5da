import { compatibleRange } from "../bytes/index.ts";
import { type BlockLayer, encryptedBlocks, plainBlocks } from "./block.ts";
import type { SessionId } from "./ids.ts";
import { since, type VersionRange } from "./version.ts";

/**
 * The versions that a client can agree on with a relay, the highest of which it takes; undefined when there
 * are none. A proxy takes at most version 10 with a relay that knows no proxy flag, as it can't ask such a
 * relay to leave out the encryption of blocks, for which what it forwards is too long.
 */
export function agreeVersions(
  relay: VersionRange,
  client: VersionRange,
  isProxy: boolean,
): VersionRange | undefined {
  const isLimited = isProxy && relay.max < since.proxyFlag;
  const wanted = isLimited ? { ...client, max: Math.max(client.min, since.deletedEvent) } : client;
  return compatibleRange(relay, wanted);
}

/** What a handshake has agreed on, as far as blocks depend on it. */
export interface AgreedSession {
  readonly version: number;
  readonly sessionId: SessionId;
  readonly isProxy: boolean;
  /** Raw X25519 secret of the session keys: 32 bytes; undefined when a side sent no key. */
  readonly dhSecret: Uint8Array | undefined;
}

/** How the blocks after the handshake are made: encrypted since version 11, with keys, and not for a proxy. */
export function sessionBlocks(side: "client" | "server", session: AgreedSession): BlockLayer {
  const { version, sessionId, isProxy, dhSecret } = session;
  const isEncrypted = version >= since.encryptedBlocks && !isProxy && dhSecret !== undefined;
  return isEncrypted ? encryptedBlocks(side, sessionId, dhSecret) : plainBlocks;
}
