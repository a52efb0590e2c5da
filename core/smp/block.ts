import { DecodeError } from "../bytes/index.ts";
import { initBlockChain, nextBlockKey } from "../crypto/block-chain.ts";
import { boxTagLength, secretbox } from "../crypto/box.ts";
import { CryptoError } from "../crypto/errors.ts";
import { unpad } from "../crypto/pad.ts";
import type { Chunks } from "./chunks.ts";
import type { SessionId } from "./ids.ts";
import { blockLength } from "./limits.ts";
import { sealPadded, writePadded } from "./padded-chunks.ts";

/**
 * Makes the blocks of one connection from their contents and takes them apart ("Transport blocks"). With
 * encryption each side's blocks have to be sealed, and opened, in the order in which they go.
 */
export interface BlockLayer {
  /** A block of 16,384 bytes. @throws EncodeError when the content does not fit */
  seal(content: Chunks): Uint8Array;
  /**
   * The content of a block, as a view of it where that can be: the block is not to be used after that.
   * @throws DecodeError when the block has another length, or bad padding, or was not made with the next key
   */
  open(block: Uint8Array): Uint8Array;
}

/** Blocks that are only padded: handshakes, versions below 11, and connections of proxies to relays. */
export const plainBlocks: BlockLayer = {
  seal(content) {
    const block = new Uint8Array(blockLength);
    writePadded(block, content);
    return block;
  },
  open(block) {
    requireBlockLength(block);
    return openOr("block is not padded as it should be", () => unpad(block));
  },
};

/**
 * Blocks encrypted inside the transport, each with the next key of a chain for its direction; since version 11.
 * @param dhSecret raw X25519 secret of the session keys of client and relay: 32 bytes
 * @throws CryptoError for a wrong length of the secret
 */
export function encryptedBlocks(
  side: "client" | "server",
  sessionId: SessionId,
  dhSecret: Uint8Array,
): BlockLayer {
  const { serverToClient, clientToServer } = initBlockChain(sessionId, dhSecret);
  let sealKey = side === "client" ? clientToServer : serverToClient;
  let openKey = side === "client" ? serverToClient : clientToServer;
  const paddedLength = blockLength - boxTagLength;
  return {
    seal(content) {
      const { key, nonce, nextChainKey } = nextBlockKey(sealKey);
      sealKey = nextChainKey;
      return sealPadded(key, nonce, content, paddedLength);
    },
    open(block) {
      requireBlockLength(block);
      const { key, nonce, nextChainKey } = nextBlockKey(openKey);
      openKey = nextChainKey;
      return openOr("block does not decrypt", () => secretbox.openInPlace(key, nonce, block));
    },
  };
}

function requireBlockLength(block: Uint8Array): void {
  if (block.length !== blockLength)
    throw new DecodeError(`block is ${block.length} bytes, not ${blockLength}`);
}

function openOr(reason: string, open: () => Uint8Array): Uint8Array {
  try {
    return open();
  } catch (error) {
    throw error instanceof CryptoError ? new DecodeError(reason) : error;
  }
}
