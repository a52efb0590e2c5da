import { type Codec, decode, encode, latin1Decode, utf8Decode } from "../bytes/index.ts";
import { commandCodec } from "../smp/command.ts";
import { type BrokerMessage, messageCodec } from "../smp/message.ts";
import { smpVersions } from "../smp/version.ts";
import type { Unchecked } from "./files.ts";
import { commandAsTold, readCommand } from "./smp-commands/commands.ts";
import { messageAsTold, readMessage } from "./smp-commands/messages.ts";
import {
  array,
  expectBytes,
  expectFailure,
  expectSame,
  hex,
  integer,
  object,
  optional,
  text,
  type Vector,
  type VectorChecks,
} from "./vectors.ts";

function versionsOf({ input }: Vector): readonly number[] {
  return array(input["versions"]).map(integer);
}

/** What only says that it must be rejected, and not what it would be. */
function expectUnread(codec: Codec<unknown>, { input, output }: Vector): void {
  expectSame(output["decodes"], false, "decodes");
  expectFailure(() => decode(codec, hex(input["encoded"])));
}

/** The texts that some messages have besides their bytes. */
function expectTexts(message: BrokerMessage, { input, output }: Vector): void {
  const { encoded, encodedText, errorString } = output;
  optional(encodedText, (due) => expectSame(latin1Decode(hex(encoded)), due, "encodedText"));
  optional(errorString ?? object(input["fields"])["infoJson"], (due) => {
    const newest = utf8Decode(encode(messageCodec(smpVersions.max), message));
    const withoutLength = newest.replace(/(RESPONSE|UNEXPECTED) ./s, "$1 ");
    expectSame(withoutLength, `${message.type} ${text(due)}`, "text");
  });
}

function checkCommand(vector: Vector): void {
  const { input, output } = vector;
  for (const version of versionsOf(vector)) {
    const codec = commandCodec(version);
    if ("decodes" in output) {
      expectUnread(codec, vector);
      continue;
    }
    const command = readCommand(text(input["command"]), object(input["fields"]));
    expectBytes(encode(codec, command), output["encoded"], `v${version} encoded`);
    expectSame(decode(codec, hex(output["encoded"])), commandAsTold(version, command), `v${version} decoded`);
  }
}

function checkMessage(vector: Vector): void {
  const { input, output } = vector;
  for (const version of versionsOf(vector)) {
    const codec = messageCodec(version);
    if ("decodes" in output) {
      expectUnread(codec, vector);
      continue;
    }
    const message = readMessage(text(input["message"]), object(input["fields"]));
    expectBytes(encode(codec, message), output["encoded"], `v${version} encoded`);
    expectTexts(message, vector);
    const told = messageAsTold(version, message, vector);
    expectSame(decode(codec, hex(output["encoded"])), told, `v${version} decoded`);
  }
}

function checkDecodeOnly(vector: Vector): void {
  const { input, output } = vector;
  const fields = object(output["fields"]);
  for (const version of versionsOf(vector)) {
    const bytes = hex(input["encoded"]);
    if (input["command"] === undefined) {
      expectSame(decode(messageCodec(version), bytes), readMessage(text(input["message"]), fields));
    } else {
      expectSame(decode(commandCodec(version), bytes), readCommand(text(input["command"]), fields));
    }
  }
}

export const checks: VectorChecks = {
  command: checkCommand,
  brokerMsg: checkMessage,
  decodeOnly: checkDecodeOnly,
};

const dropped = "details of a network error are not written";

export const unchecked: Unchecked = {
  "brokerMsg: input.fields.error.proxyErr.brokerErr.networkError.connectError": dropped,
  "brokerMsg: input.fields.error.proxyErr.brokerErr.networkError.tlsError": dropped,
  "brokerMsg: input.fields.error.proxyErr.brokerErr.networkError.subscribeError": dropped,
};
