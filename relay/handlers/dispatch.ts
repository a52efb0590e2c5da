import type { Command } from "../../core/smp/command.ts";
import type { QueueRecord } from "../store/store.ts";
import { acknowledge } from "./ack.ts";
import { type CommandContext, internalError, type Outcome, reply } from "./context.ts";
import { forwarded } from "./forwarded.ts";
import { get } from "./get.ts";
import { setOwnSenderKey, setRecipientKeys, setSenderKey } from "./keys.ts";
import { deleteQueue, suspendQueue } from "./lifecycle.ts";
import { deleteLink, getLink, secureByLink, setLink } from "./links.ts";
import { createQueue } from "./new-queue.ts";
import { deleteNotifier, setNotifier, subscribeNotifier, subscribeServiceNotifiers } from "./notifier.ts";
import { forwardProxied, openProxySession } from "./proxy.ts";
import { queueInfo } from "./queue-info.ts";
import { send } from "./send.ts";
import { subscribeServiceQueues } from "./service.ts";
import { subscribe } from "./sub.ts";

/** Has an authorised command carried out by its handler. @param queue of its entity, where it has one */
export function dispatch(
  context: CommandContext,
  command: Command,
  queue: QueueRecord | undefined,
): Promise<Outcome> | Outcome {
  switch (command.type) {
    case "NEW":
      return createQueue(context, command);
    case "NSUBS":
      return subscribeServiceNotifiers(context);
    case "SUBS":
      return subscribeServiceQueues(context);
    case "PING":
      return reply({ type: "PONG" });
    case "PRXY":
      return openProxySession(context, command);
    case "PFWD":
      return forwardProxied(context, command);
    case "RFWD":
      return forwarded(context, command);
    default:
      return queue === undefined ? internalError : dispatchToQueue(context, command, queue);
  }
}

type QueueCommand = Exclude<Command, { type: "NEW" | "NSUBS" | "SUBS" | "PING" | "PRXY" | "PFWD" | "RFWD" }>;

function dispatchToQueue(
  context: CommandContext,
  command: QueueCommand,
  queue: QueueRecord,
): Promise<Outcome> {
  switch (command.type) {
    case "SEND":
      return send(context, queue, command);
    case "ACK":
      return acknowledge(context, queue, command);
    case "SUB":
      return subscribe(context, queue);
    case "GET":
      return get(context, queue);
    case "KEY":
      return setSenderKey(context, queue, command);
    case "SKEY":
      return setOwnSenderKey(context, queue, command);
    case "RKEY":
      return setRecipientKeys(context, queue, command);
    case "LSET":
      return setLink(context, queue, command);
    case "LDEL":
      return deleteLink(context, queue);
    case "LKEY":
      return secureByLink(context, queue, command);
    case "LGET":
      return getLink(context, queue);
    case "NKEY":
      return setNotifier(context, queue, command);
    case "NDEL":
      return deleteNotifier(context, queue);
    case "NSUB":
      return subscribeNotifier(context, queue);
    case "OFF":
      return suspendQueue(context, queue);
    case "DEL":
      return deleteQueue(context, queue);
    case "QUE":
      return queueInfo(context, queue);
  }
}
