import type { Store, Transaction } from "../store/store.ts";

/** The process of a simulated agent ends here. */
export class SimulatedCrash extends Error {
  override readonly name = "SimulatedCrash";

  constructor() {
    super("cannot go on: process has crashed");
  }
}

/** When a store is about to write, what happens: nothing, or the process ends just before or just after it. */
export type CrashChoice = "none" | "before" | "after";

/**
 * A store whose user may crash at any of its transactions: before it is committed, or right after. From then
 * on every use fails, as the process is no more; what was committed is still there for the next one.
 */
export class CrashingStore implements Store {
  readonly #inner: Store;
  readonly #choose: () => CrashChoice;
  #crashed = false;

  constructor(inner: Store, choose: () => CrashChoice) {
    this.#inner = inner;
    this.#choose = choose;
  }

  /** Ends the process now, whatever it is doing. */
  crash(): void {
    this.#crashed = true;
  }

  transaction<T>(run: (transaction: Transaction) => T): T {
    if (this.#crashed) throw new SimulatedCrash();
    const choice = this.#choose();
    const result = this.#inner.transaction((transaction) => {
      const value = run(transaction);
      if (choice === "before") {
        this.#crashed = true;
        throw new SimulatedCrash();
      }
      return value;
    });
    if (choice === "after") {
      this.#crashed = true;
      throw new SimulatedCrash();
    }
    return result;
  }

  close(): void {
    this.#crashed = true;
  }
}
