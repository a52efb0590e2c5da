import { type Chat, ChatError, type ChatEvent, chatErrorCodes } from "../api.ts";
import { rpcMethods } from "./methods.ts";

/** Errors of JSON-RPC 2.0 itself ("Error object"); those of the chat are in `chatErrorCodes`. */
const parseError = -32700;
const invalidRequest = -32600;
const methodNotFound = -32601;
/** Longest line that is read, in UTF-16 units: far above any message. */
export const lineLengthMax = 1_048_576;

type Id = string | number | null;

/** Speaks JSON-RPC 2.0, one object a line ("\n" at its end), for one chat. */
export interface RpcServer {
  /** Takes one line; what is to be answered goes to `write`. Resolves when it is answered. */
  line(text: string): Promise<void>;
  /** Ends the notifications. */
  close(): void;
}

/**
 * Answers requests with the methods of the chat API ("message.send"), sends each event of the chat as a notification
 * with the method "event". Requests are carried out as they come and answered as they finish: the order of answers
 * may differ. Batches (JSON arrays) are answered with an array.
 */
export function rpcServer(chat: Chat, write: (line: string) => void): RpcServer {
  const send = (message: unknown) => write(`${JSON.stringify(message)}\n`);
  const unsubscribe = chat.subscribe((event: ChatEvent) =>
    send({ jsonrpc: "2.0", method: "event", params: event }),
  );
  return {
    line: async (text) => {
      if (text.trim() === "") return;
      const answer = await answerText(chat, text);
      if (answer !== undefined) send(answer);
    },
    close: unsubscribe,
  };
}

async function answerText(chat: Chat, text: string): Promise<unknown> {
  if (text.length > lineLengthMax) return failure(null, invalidRequest, "The line is too long.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failure(null, parseError, "The line is not JSON.");
  }
  if (!Array.isArray(value)) return answer(chat, value);
  if (value.length === 0) return failure(null, invalidRequest, "The batch is empty.");
  const answers = await Promise.all(value.map((one: unknown) => answer(chat, one)));
  const told = answers.filter((one) => one !== undefined);
  return told.length === 0 ? undefined : told;
}

/** The answer to one request, or undefined for a notification. */
async function answer(chat: Chat, value: unknown): Promise<unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return failure(null, invalidRequest, "A request is an object.");
  const request = new Map<string, unknown>(Object.entries(value));
  const given = request.get("id");
  const id: Id = typeof given === "string" || typeof given === "number" ? given : null;
  const name = request.get("method");
  if (request.get("jsonrpc") !== "2.0" || typeof name !== "string")
    return failure(id, invalidRequest, 'A request has "jsonrpc": "2.0" and a method.');
  const notification = given === undefined;
  const method = Object.hasOwn(rpcMethods, name) ? rpcMethods[name] : undefined;
  if (method === undefined)
    return notification ? undefined : failure(id, methodNotFound, `There is no method ${name}.`);
  try {
    const result = (await method(chat, request.get("params"))) ?? null;
    return notification ? undefined : { jsonrpc: "2.0", id, result };
  } catch (error) {
    return notification ? undefined : chatFailure(id, error);
  }
}

function failure(id: Id, code: number, message: string, data?: unknown) {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data !== undefined && { data }) } };
}

function chatFailure(id: Id, error: unknown) {
  if (error instanceof ChatError)
    return failure(id, chatErrorCodes[error.code].rpc, error.message, { code: error.code });
  return failure(id, chatErrorCodes.internal.rpc, "Something went wrong inside.", { code: "internal" });
}
