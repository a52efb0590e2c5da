import type { Work } from "./work.ts";

interface Entry {
  run(work: Work): void;
  done(): void;
  failed(error: unknown): void;
}

/** What a batcher needs of the agent. */
export interface BatchHost {
  readonly stopped: boolean;
  transaction<T>(run: (work: Work) => T): T;
}

/**
 * Puts work that comes at about the same time, from different connections, into one transaction: what a disk
 * takes to keep one is the same for one message as for a hundred.
 */
export class Batcher {
  readonly #host: BatchHost;
  readonly #defer: (callback: () => void) => void;
  #entries: Entry[] = [];

  /** @param defer runs a callback after what is due now */
  constructor(host: BatchHost, defer: (callback: () => void) => void) {
    this.#host = host;
    this.#defer = defer;
  }

  /** Runs `run` with the next transaction, in the order of the calls; resolves once that is committed. */
  add<T>(run: (work: Work) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: { readonly value: T } | undefined;
      if (this.#entries.length === 0) this.#defer(() => this.#flush());
      this.#entries.push({
        run: (work) => {
          result = { value: run(work) };
        },
        done: () => {
          if (result !== undefined) resolve(result.value);
        },
        failed: reject,
      });
    });
  }

  #flush(): void {
    const entries = this.#entries;
    this.#entries = [];
    if (this.#host.stopped) return;
    if (entries.length > 1 && this.#together(entries)) return;
    for (const entry of entries) this.#alone(entry);
  }

  /** Whether all could be done in one transaction. When one fails, none is done. */
  #together(entries: readonly Entry[]): boolean {
    try {
      this.#host.transaction((work) => {
        for (const { run } of entries) run(work);
      });
    } catch {
      return false;
    }
    for (const { done } of entries) done();
    return true;
  }

  #alone({ run, done, failed }: Entry): void {
    if (this.#host.stopped) return;
    try {
      this.#host.transaction(run);
    } catch (error) {
      failed(error);
      return;
    }
    done();
  }
}
