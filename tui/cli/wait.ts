import { ChatError } from "../../core/chat/api.ts";

/** How long a command waits for what it sent to be at the relay, in milliseconds. */
export const sendTimeoutMs = 30_000;

/** What a command waits for, and how long. */
export interface Wait {
  /** Milliseconds, or undefined for as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Resolves with the first value that is found, now or whenever something happens; undefined when the time is over.
 * @param follow calls back whenever something happens, until what it gives is called
 * @throws ChatError closed when the user ends the command
 */
export function waitFor<T>(
  find: () => Promise<T | undefined>,
  follow: (listener: () => void) => () => void,
  { timeoutMs, signal }: Wait,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let again = false;
    let looking = false;
    let done = false;
    const finish = (settle: () => void): void => {
      if (done) return;
      done = true;
      unfollow();
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const look = async (): Promise<void> => {
      again = true;
      if (looking) return;
      looking = true;
      while (again && !done) {
        again = false;
        const found = await find();
        if (found !== undefined) finish(() => resolve(found));
      }
      looking = false;
    };
    const onEvent = (): void => {
      look().catch((error: unknown) => finish(() => reject(error)));
    };
    const onAbort = (): void => finish(() => reject(stopped()));
    const unfollow = follow(onEvent);
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => finish(() => resolve(undefined)), timeoutMs);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    else onEvent();
  });
}

function stopped(): ChatError {
  return new ChatError("closed", "Stopped. What was done so far is kept.");
}
