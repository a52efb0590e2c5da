import type { Clock } from "../clock/clock.ts";
import { TransportError } from "./errors.ts";
import type { Transport } from "./transport.ts";

/**
 * The next block; the transport is paused after it, so that what follows waits for the next receiver.
 * @throws TransportError why the connection ended, or `timeout` after `timeoutMs` without a block
 */
export function nextBlock(transport: Transport, clock: Clock, timeoutMs: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => {
      transport.pause();
      reject(new TransportError("timeout", `cannot go on: nothing came in ${timeoutMs} ms`));
    });
    transport.receive({
      block(block) {
        transport.pause();
        cancel();
        resolve(block);
      },
      closed(reason) {
        cancel();
        reject(reason);
      },
    });
  });
}
