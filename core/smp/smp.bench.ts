import { generateKeyPair } from "../crypto/keys.ts";
import { systemRandom } from "../crypto/random.ts";
import { x25519 } from "../crypto/x25519.ts";
import { type Bench, medianMicroseconds } from "../testing/bench.ts";
import { agreeWith, authorizer, isAuthorized } from "./authorization.ts";
import { encodeBatch, packBatches } from "./batch.ts";
import { type BlockLayer, encryptedBlocks } from "./block.ts";
import { type Chunks, joinChunks } from "./chunks.ts";
import type { Command } from "./command.ts";
import { decodeCommands, decodeMessages } from "./decode-transmission.ts";
import { sealDelivery } from "./delivery.ts";
import { encodeCommand, encodeMessage } from "./encode-transmission.ts";
import { idLength, messageLengthMax } from "./limits.ts";
import type { BrokerMessage } from "./message.ts";

const session = { version: 18, sessionId: systemRandom(32) };
const secret = systemRandom(32);
const ids = { correlationId: systemRandom(idLength), entityId: systemRandom(idLength) };
const relay = x25519.generateKeyPair(systemRandom);
const agree = x25519.prepare(relay.privateKey);
const queueKey = generateKeyPair("X25519", systemRandom);
const authorize = authorizer(queueKey.privateKey, agreeWith(relay.publicKey));
const queuesSubscribed = 10_000;

const send: Command = {
  type: "SEND",
  flags: { notification: true },
  body: systemRandom(messageLengthMax(session.version)),
};
const body = systemRandom(16_122);
const delivered: BrokerMessage = { type: "MSG", messageId: ids.entityId, body };

/** Client and relay with the same keys; each block that one seals the other has to open. */
function connect(): { readonly client: BlockLayer; readonly relay: BlockLayer } {
  return {
    client: encryptedBlocks("client", session.sessionId, secret),
    relay: encryptedBlocks("server", session.sessionId, secret),
  };
}

/** Only arrays of this size count. */
const largeMin = 8192;

interface LargeArrays {
  /** Among them those into and out of the memory of the cipher. */
  readonly copies: number;
  readonly allocations: number;
}

/** How many large byte arrays `run` copies, and how many it makes. */
function countLargeArrays(run: () => void): LargeArrays {
  const original = globalThis.Uint8Array;
  const { set, slice } = original.prototype;
  let copies = 0;
  let allocations = 0;
  original.prototype.set = function (source, offset) {
    if (source.length >= largeMin) copies++;
    set.call(this, source, offset);
  };
  original.prototype.slice = function (start, end) {
    const part = slice.call(this, start, end);
    if (part.length >= largeMin) {
      copies++;
      allocations++;
    }
    return part;
  };
  globalThis.Uint8Array = new Proxy(original, {
    construct(target, parameters: [number]) {
      if (parameters[0] >= largeMin) allocations++;
      return Reflect.construct(target, parameters);
    },
  });
  try {
    run();
  } finally {
    globalThis.Uint8Array = original;
    Object.assign(original.prototype, { set, slice });
  }
  return { copies, allocations };
}

/** As many signed commands as fit into one block. */
function fullBatch(command: Command): Chunks {
  const transmissions = Array.from({ length: 100 }, () => encodeCommand(session, ids, command, authorize));
  const batch = packBatches(transmissions).at(-1);
  if (batch?.type !== "batch") throw new Error("cannot measure: commands don't fit");
  return encodeBatch(batch.transmissions);
}

const oneOf = (chunks: Chunks) => encodeBatch([chunks]);
const perSecond = (microseconds: number, count = 1) => (1_000_000 / microseconds) * count;

/** The relay's hot path, the client's subscriptions, and the copies of a full block. */
export const bench: Bench = (report) => {
  const { client, relay: server } = connect();

  const deliver = () => server.seal(oneOf(encodeMessage(session, ids, delivered)));
  report({
    name: "MSG blocks encoded, encrypted",
    value: perSecond(medianMicroseconds(deliver)),
    unit: "1/s",
  });

  const sendContent = oneOf(encodeCommand(session, ids, send, authorize));
  const seal = () => client.seal(sendContent);
  const sealTime = medianMicroseconds(seal);
  const pair = connect();
  const both = medianMicroseconds(() =>
    decodeCommands(session, pair.relay.open(pair.client.seal(sendContent))),
  );
  report({ name: "SEND blocks decrypted, parsed", value: perSecond(both - sealTime), unit: "1/s" });

  const seal16k = () => sealDelivery(secret, ids.entityId, { type: "quota", time: 1 });
  report({ name: "deliveries encrypted", value: perSecond(medianMicroseconds(seal16k)), unit: "1/s" });

  const subscribe = joinChunks(fullBatch({ type: "SUB" }));
  const count = subscribe[0] ?? 0;
  // Parsing writes into the content what is authorised, so each run needs a content of its own.
  const parseSub = medianMicroseconds(() => decodeCommands(session, subscribe.slice()));
  report({
    name: "SUB commands parsed",
    value: perSecond(parseSub, count),
    unit: "1/s",
    note: `${count} a block`,
  });
  const large = joinChunks(sendContent);
  const parseSend = medianMicroseconds(() => decodeCommands(session, large.slice()));
  report({ name: "SEND commands of 16 KB parsed", value: perSecond(parseSend), unit: "1/s" });
  const answers = joinChunks(
    encodeBatch(Array.from({ length: 200 }, () => encodeMessage(session, ids, { type: "OK" }))),
  );
  const parseAnswers = medianMicroseconds(() => decodeMessages(session, answers));
  report({
    name: "OK messages parsed",
    value: perSecond(parseAnswers, 200),
    unit: "1/s",
    note: "200 a block",
  });

  const [received] = decodeCommands(session, subscribe);
  if (received?.type !== "command") throw new Error("cannot measure: command is rejected");
  const verify = medianMicroseconds(() => isAuthorized(queueKey.publicKey, received, agree));
  report({ name: "X25519 authenticators verified", value: perSecond(verify), unit: "1/s" });

  const start = performance.now();
  const transmissions = Array.from({ length: queuesSubscribed }, () =>
    encodeCommand(session, ids, { type: "SUB" }, authorize),
  );
  const authorized = performance.now();
  const blocks = packBatches(transmissions).map((batch) => {
    if (batch.type === "large") throw new Error("cannot measure: SUB does not fit");
    return client.seal(encodeBatch(batch.transmissions));
  });
  const end = performance.now();
  const note = `${blocks.length} blocks, ${Math.round(authorized - start)} ms of it to authorise`;
  report({ name: "subscribe 10,000 queues, X25519", value: end - start, unit: "ms", note });

  const block = connect().client.seal(sendContent);
  const opening = connect().relay;
  const steps: readonly (readonly [string, () => unknown])[] = [
    ["MSG encoded, encrypted", deliver],
    ["SEND authorised", () => encodeCommand(session, ids, send, authorize)],
    ["SEND encrypted", seal],
    ["SEND decrypted, parsed", () => decodeCommands(session, opening.open(block))],
  ];
  for (const [name, run] of steps) {
    const { copies, allocations } = countLargeArrays(run);
    report({ name: `copies of a block: ${name}`, value: copies, unit: "", note: `${allocations} allocated` });
  }
};
