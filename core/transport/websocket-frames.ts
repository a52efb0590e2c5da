import { TransportError } from "./errors.ts";
import { blockLength } from "./transport.ts";

/**
 * The block in a WebSocket message: one binary message of exactly 16,384 bytes.
 * @param data what the WebSocket gives: bytes, or text
 * @throws TransportError `block` for anything else
 */
export function blockOfMessage(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer) return checked(new Uint8Array(data));
  // A plain view: the methods of Node's Buffer differ from those of Uint8Array.
  if (data instanceof Uint8Array) return checked(new Uint8Array(data.buffer, data.byteOffset, data.length));
  throw new TransportError("block", "cannot read message: it is not binary");
}

function checked(block: Uint8Array): Uint8Array {
  if (block.length === blockLength) return block;
  throw new TransportError("block", `cannot read message: ${block.length} bytes are not ${blockLength}`);
}
