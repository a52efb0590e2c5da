import { StoreError } from "../../store/errors.ts";
import type { ConnectionId } from "../api.ts";
import { badInputFault } from "../bad-input.ts";
import { deliveryTimeoutMs } from "../deliver/timeout.ts";
import type { AgentError } from "../errors.ts";
import { RelayFault } from "../network/relay-fault.ts";
import { abandonAdded, removeSendQueue } from "../rotation/fast-send.ts";
import { abandonReceiveSwitch, forgetUnusedAdded, replacedQueueDeleted } from "../rotation/receive-side.ts";
import type { Task, TaskRecord } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import { suspendTask } from "../suspend/suspend.ts";
import { allowTask } from "./allow.ts";
import { askTask } from "./ask.ts";
import { Backoff, type BackoffRange, storeWaits } from "./backoff.ts";
import type { TaskContext } from "./context.ts";
import { endQueueTask, takeUpQueueTask } from "./fast-tasks.ts";
import { joinTask } from "./join.ts";
import {
  addQueueTask,
  deleteConnectionTask,
  deleteQueueTask,
  dropConnection,
  secureAddedTask,
  secureReplyTask,
} from "./queue-tasks.ts";

/** How long a replaced queue is tried to be reached for the last time, on either side, in milliseconds. */
export const clearUpTimeoutMs = 24 * 3_600_000;

const waits = { initialMs: 1_000, maxMs: 120_000 };

/**
 * Does what was promised on the network: each task until it succeeds, fails for good, or three weeks have
 * passed. What a task has done is stored step by step, so that it can be begun again.
 */
export class TaskRunner {
  readonly #context: TaskContext;
  readonly #running = new Map<number, Backoff>();

  constructor(context: TaskContext) {
    this.#context = context;
  }

  /** Takes up all tasks that are stored. */
  start(): void {
    const rows = this.#context.transaction((work) => tables.tasks.range(work.transaction));
    for (const { key } of rows) this.poke(key);
  }

  /** There is a task of this number. */
  poke(id: number): void {
    if (this.#context.stopped || this.#running.has(id)) return;
    const backoff = new Backoff(this.#context.clock);
    this.#running.set(id, backoff);
    this.#run(id, backoff)
      .catch((error: unknown) => this.#context.defect(error))
      .finally(() => this.#running.delete(id));
  }

  /** Ends all waits. */
  retryAllNow(): void {
    for (const backoff of this.#running.values()) backoff.wake();
  }

  async #run(id: number, backoff: Backoff): Promise<void> {
    let storeFailed = false;
    while (!this.#context.stopped) {
      let wait: BackoffRange | undefined;
      try {
        wait = await this.#try(id, storeFailed);
        storeFailed = false;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        // The task is stored still, and what was done of it may be done again.
        this.#context.defect(error);
        wait = storeWaits;
        storeFailed = true;
      }
      if (wait === undefined) return;
      await backoff.wait(wait);
    }
  }

  /**
   * Tries a task once.
   * @param storeFailed whether the last time something could not be stored
   * @returns the waits after which it is to be tried again
   */
  async #try(id: number, storeFailed: boolean): Promise<BackoffRange | undefined> {
    const record = this.#context.transaction(({ transaction }) => {
      const found = tables.tasks.get(transaction, id);
      if (found !== undefined && storeFailed) {
        // Shows that there is room again: what can't be noted is not to be done at relays over and over.
        tables.tasks.delete(transaction, id);
        tables.tasks.put(transaction, id, found);
      }
      return found;
    });
    if (record === undefined) return undefined;
    const error = await this.#attempt(record);
    if (this.#context.stopped) return undefined;
    if (error === undefined) {
      this.#context.transaction((work) => tables.tasks.delete(work.transaction, id));
      return undefined;
    }
    const expired = this.#context.clock.nowMs() - record.createdMs >= timeoutMs(record.task);
    if (!expired && error instanceof RelayFault && (error.temporary || error.host)) return waits;
    this.#fail(id, record, error);
    return undefined;
  }

  async #attempt({ connection, task }: TaskRecord): Promise<AgentError | undefined> {
    try {
      await perform(this.#context, connection, task);
      return undefined;
    } catch (error) {
      return badInputFault(error);
    }
  }

  #fail(id: number, { connection: connectionId, task }: TaskRecord, error: AgentError): void {
    this.#context.transaction((work) => {
      tables.tasks.delete(work.transaction, id);
      const connection = work.find(connectionId);
      if (connection === undefined) return;
      if (task.type === "deleteConnection") dropConnection(work, connection);
      else if (task.type === "deleteQueue") replacedQueueDeleted(work, connection, task.queue);
      else if (task.type === "endQueue") removeSendQueue(work, connection, task.queue);
      else if (task.type === "takeUpQueue") abandonAdded(work, connection, task.queue, error);
      else if (task.type === "addQueue") abandonReceiveSwitch(work, connection, task.replaces, error);
      else if (task.type === "secureAdded") {
        forgetUnusedAdded(work, connection, task.queue);
        work.emitError(connection, error);
      } else if (connection.deleting === "no") work.emitError(connection, error);
    });
  }
}

/** How long something is tried: what only clears up after a rotation, not as long as the rest. */
function timeoutMs({ type }: Task): number {
  return type === "deleteQueue" || type === "endQueue" ? clearUpTimeoutMs : deliveryTimeoutMs;
}

function perform(context: TaskContext, id: ConnectionId, task: Task): Promise<void> {
  switch (task.type) {
    case "join":
      return joinTask(context, id, task.link, task.info);
    case "ask":
      return askTask(context, id, task.link, task.info);
    case "allow":
      return allowTask(context, id, task.confirmation, task.info);
    case "secureReply":
      return secureReplyTask(context, id, task.queue, task.senderKey);
    case "addQueue":
      return addQueueTask(context, id, task.replaces, task.relay);
    case "secureAdded":
      return secureAddedTask(context, id, task.queue, task.senderKey);
    case "deleteQueue":
      return deleteQueueTask(context, id, task.queue);
    case "takeUpQueue":
      return takeUpQueueTask(context, id, task.queue);
    case "endQueue":
      return endQueueTask(context, id, task.queue);
    case "suspend":
      return suspendTask(context, id);
    case "deleteConnection":
      return deleteConnectionTask(context, id);
  }
}
