import { DecodeError } from "../../core/bytes/index.ts";
import { CryptoError } from "../../core/crypto/errors.ts";
import { encodeBatch } from "../../core/smp/batch.ts";
import type { Command } from "../../core/smp/command.ts";
import { decodeCommands } from "../../core/smp/decode-transmission.ts";
import { encodeMessage } from "../../core/smp/encode-transmission.ts";
import type { SmpError } from "../../core/smp/error.ts";
import { proxiedLength } from "../../core/smp/limits.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import {
  type ForwardedCommand,
  openForwarded,
  openProxied,
  sealForwardedResponse,
  sealProxiedResponse,
} from "../../core/smp/proxied.ts";
import type { CommandTransmission, RejectedTransmission } from "../../core/smp/transmission.ts";
import { proxiedVersions, smpVersions } from "../../core/smp/version.ts";
import { type CommandContext, failure, type Outcome, reply } from "./context.ts";

/** What senders may have forwarded. */
const forwardable: ReadonlySet<Command["type"]> = new Set(["SEND", "SKEY", "LKEY", "LGET"]);

const noServerAuth: SmpError = {
  type: "PROXY",
  error: { type: "BROKER", error: { type: "TRANSPORT", error: { type: "NO_AUTH" } } },
};

const tooLong: BrokerMessage = { type: "ERR", error: { type: "BLOCK" } };

/** Bytes that padding takes for the length of what is padded. */
const paddingLengthSize = 2;

/**
 * RFWD: carries out a command that a proxy forwards for a client it hides ("Forward command to destination
 * server"). The reply is encrypted for the client, and once more for the proxy.
 */
export async function forwarded(
  context: CommandContext,
  { encrypted }: Extract<Command, { type: "RFWD" }>,
): Promise<Outcome> {
  const { session, correlationId, relay } = context;
  const proxySecret = session.dhSecret;
  if (proxySecret === undefined) return failure(noServerAuth);
  const command = openCommand(proxySecret, correlationId, encrypted);
  if ("error" in command) return failure(command.error);
  const { version } = command;
  if (version < proxiedVersions.min || version > smpVersions.max)
    return failure({ type: "CMD", error: "SYNTAX" });
  const clientSecret = session.secrets.compute(command.key);
  if (clientSecret === undefined) return failure({ type: "CRYPTO" });
  const parameters = { version, sessionId: session.sessionId };
  const transmission = openTransmission(clientSecret, command, parameters);
  if ("error" in transmission) return failure(transmission.error);
  const message = await carryOut(context, transmission.value, version);
  relay.stats.count("forwardedCommands");
  const batchOf = (answer: BrokerMessage) =>
    encodeBatch([encodeMessage(parameters, transmission.value, answer)]);
  const batch = batchOf(message);
  // Long link data fit into a block of their own, but not into one that a proxy wraps.
  const fits = batch.length <= proxiedLength - paddingLengthSize;
  const response = {
    correlationId: command.correlationId,
    encrypted: sealProxiedResponse(clientSecret, command.correlationId, fits ? batch : batchOf(tooLong)),
  };
  return reply({ type: "RRES", encrypted: sealForwardedResponse(proxySecret, correlationId, response) });
}

type Opened<T> = T | { readonly error: SmpError };

function openCommand(
  secret: Uint8Array,
  correlationId: Uint8Array,
  encrypted: Uint8Array,
): Opened<ForwardedCommand> {
  try {
    return openForwarded(secret, correlationId, encrypted);
  } catch (error) {
    if (error instanceof CryptoError) return { error: { type: "CRYPTO" } };
    if (error instanceof DecodeError) return { error: { type: "CMD", error: "SYNTAX" } };
    throw error;
  }
}

function openTransmission(
  secret: Uint8Array,
  { correlationId, encrypted }: ForwardedCommand,
  parameters: { readonly version: number; readonly sessionId: Uint8Array },
): Opened<{ readonly value: CommandTransmission | RejectedTransmission }> {
  try {
    const transmissions = decodeCommands(parameters, openProxied(secret, correlationId, encrypted));
    const [value] = transmissions;
    if (value === undefined || transmissions.length > 1) return { error: { type: "BLOCK" } };
    return { value };
  } catch (error) {
    if (error instanceof CryptoError) return { error: { type: "CRYPTO" } };
    throw error;
  }
}

async function carryOut(
  { relay, session }: CommandContext,
  transmission: CommandTransmission | RejectedTransmission,
  version: number,
): Promise<BrokerMessage> {
  if (transmission.type === "rejected") return { type: "ERR", error: transmission.error };
  if (!forwardable.has(transmission.command.type)) {
    return { type: "ERR", error: { type: "CMD", error: "PROHIBITED" } };
  }
  const outcome = await relay.carryOut(session, transmission, version);
  return outcome.reply ?? { type: "ERR", error: { type: "INTERNAL" } };
}
