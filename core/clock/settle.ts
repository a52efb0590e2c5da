/** What the runtimes of tests and the simulator have: runs a callback once all promises have settled. */
interface Immediate {
  readonly setImmediate: (callback: () => void) => unknown;
}

const { setImmediate: afterPromises }: Immediate = globalThis;

/** Resolves when all promises that are ready have run, with all that follows from them, however long the chain. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    afterPromises(resolve);
  });
}
