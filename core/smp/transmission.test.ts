import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, encode, shortBytes, utf8Encode } from "../bytes/index.ts";
import type { Credentials } from "./authorization.ts";
import { encodeBatch } from "./batch.ts";
import { joinChunks } from "./chunks.ts";
import type { Command } from "./command.ts";
import { checkCommandCredentials, checkMessageCredentials } from "./credentials.ts";
import { decodeCommands, decodeMessages } from "./decode-transmission.ts";
import { encodeCommand, encodeForAuthorization, encodeMessage } from "./encode-transmission.ts";
import { bytes, commands, ids, messages, versions } from "./testing/arbitraries.ts";

const sessionId = new Uint8Array(32).fill(9);
const correlationId = new Uint8Array(24).fill(1);
const entityId = new Uint8Array(24).fill(2);
const session = { version: 18, sessionId };
const sub: Command = { type: "SUB" };

function credentials(length: number, hasService = false): () => Credentials {
  return () => ({
    authenticator: new Uint8Array(length).fill(3),
    serviceSignature: hasService ? new Uint8Array(64).fill(4) : undefined,
  });
}

/** A batch of transmissions given as they are on the wire. */
function contentOf(...transmissions: readonly Uint8Array[]): Uint8Array {
  return joinChunks(encodeBatch(transmissions.map((part) => ({ length: part.length, parts: [part] }))));
}

const text = (id: Uint8Array) => encode(shortBytes, id);

describe("commands", () => {
  const sent = versions.chain((version) =>
    fc.record({
      session: fc.record({ version: fc.constant(version), sessionId: bytes(0, 255) }),
      items: fc.array(
        fc.record({
          ids: fc.record({ correlationId: ids, entityId: ids }),
          command: commands(version),
          length: fc.constantFrom(0, 64, 80, 114),
          hasService: fc.boolean(),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    }),
  );

  test("arrive as they were sent, or with what is wrong with their credentials", () => {
    fc.assert(
      fc.property(sent, ({ session: agreed, items }) => {
        const encoded = items.map(({ ids: named, command, length, hasService }) =>
          encodeCommand(agreed, named, command, length === 0 ? undefined : credentials(length, hasService)),
        );
        const received = decodeCommands(agreed, joinChunks(encodeBatch(encoded)));
        expect(received.length).toBe(items.length);
        items.forEach(({ ids: named, command, length, hasService }, i) => {
          const error = checkCommandCredentials(command.type, named.entityId.length > 0, length > 0);
          if (error !== undefined) {
            expect(received[i]).toEqual({ type: "rejected", ...named, error });
            return;
          }
          const isSigned = hasService && length > 0 && agreed.version >= 16;
          const { authorized } = encodeForAuthorization(agreed, named, command);
          expect(received[i]).toMatchObject({
            type: "command",
            ...named,
            command,
            authorized: length > 0 ? authorized : new Uint8Array(0),
            serviceSignature: isSigned ? new Uint8Array(64).fill(4) : undefined,
          });
        });
      }),
    );
  });

  test("that are broken leave those beside them alone", () => {
    const good = joinChunks(encodeCommand(session, { correlationId, entityId }, sub, credentials(80)));
    const broken = Uint8Array.of(200, 1, 2);
    const results = decodeCommands(session, contentOf(good, broken, good));
    expect(results.map(({ type }) => type)).toEqual(["command", "rejected", "command"]);
    expect(results[1]).toMatchObject({ correlationId: new Uint8Array(0), error: { type: "BLOCK" } });
    expect(results[2]).toEqual(results[0]);
  });

  const wrong: readonly (readonly [string, Uint8Array, object])[] = [
    [
      "an authorization of a length that none has",
      concat(
        text(new Uint8Array(65)),
        utf8Encode("0"),
        text(correlationId),
        text(entityId),
        utf8Encode("SUB"),
      ),
      { correlationId, entityId: new Uint8Array(0), error: { type: "BLOCK" } },
    ],
    [
      "a service signature of another length",
      concat(text(new Uint8Array(64)), utf8Encode("1"), text(new Uint8Array(65)), text(correlationId)),
      { correlationId: new Uint8Array(0), error: { type: "BLOCK" } },
    ],
    [
      "an unknown command",
      concat(text(new Uint8Array(0)), text(correlationId), text(entityId), utf8Encode("SUBX")),
      { correlationId, entityId, error: { type: "CMD", error: "UNKNOWN" } },
    ],
    [
      "a command with wrong parameters",
      concat(text(new Uint8Array(0)), text(correlationId), text(entityId), utf8Encode("SUB x")),
      { correlationId, entityId, error: { type: "CMD", error: "SYNTAX" } },
    ],
    [
      "no authorization where one is due",
      concat(text(new Uint8Array(0)), text(correlationId), text(entityId), utf8Encode("SUB")),
      { correlationId, entityId, error: { type: "CMD", error: "NO_AUTH" } },
    ],
  ];
  test.each(wrong)("with %s are rejected", (_what, transmission, expected) => {
    expect(decodeCommands(session, contentOf(transmission))).toMatchObject([
      { type: "rejected", ...expected },
    ]);
  });

  test("with the id of another session are rejected where it is sent", () => {
    const encoded = encodeCommand(
      { version: 6, sessionId },
      { correlationId, entityId },
      sub,
      credentials(64),
    );
    const content = joinChunks(encodeBatch([encoded]));
    const other = { version: 6, sessionId: new Uint8Array(32) };
    expect(decodeCommands({ version: 6, sessionId }, content)[0]?.type).toBe("command");
    expect(decodeCommands(other, content)).toMatchObject([
      { type: "rejected", correlationId, entityId: new Uint8Array(0), error: { type: "SESSION" } },
    ]);
  });

  test.each([
    ["empty", []],
    ["cut", [2, 0, 1, 0]],
    ["followed by more", [1, 0, 1, 0, 0]],
  ])("in a batch that is %s are one rejection without ids", (_what, content) => {
    const none = new Uint8Array(0);
    expect(decodeCommands(session, Uint8Array.from(content))).toEqual([
      { type: "rejected", correlationId: none, entityId: none, error: { type: "BLOCK" } },
    ]);
  });

  test("are views of the content, so that a large body is not copied", () => {
    const body = new Uint8Array(16_000).fill(5);
    const send: Command = { type: "SEND", flags: { notification: true }, body };
    const encoded = encodeCommand(session, { correlationId, entityId }, send, credentials(80));
    const content = joinChunks(encodeBatch([encoded]));
    const [received] = decodeCommands(session, content);
    if (received?.type !== "command" || received.command.type !== "SEND") throw new Error("not received");
    expect(received.command.body.buffer).toBe(content.buffer);
    expect(received.authorized.buffer).toBe(content.buffer);
    expect(received.command.body).toEqual(body);
  });
});

describe("messages", () => {
  const sent = versions.chain((version) =>
    fc.record({
      session: fc.record({ version: fc.constant(version), sessionId: bytes(0, 255) }),
      items: fc.array(
        fc.record({ ids: fc.record({ correlationId: ids, entityId: ids }), message: messages(version) }),
        { minLength: 1, maxLength: 5 },
      ),
    }),
  );

  test("arrive as they were sent, or with what is wrong with their entity id", () => {
    fc.assert(
      fc.property(sent, ({ session: agreed, items }) => {
        const encoded = items.map(({ ids: named, message }) => encodeMessage(agreed, named, message));
        const received = decodeMessages(agreed, joinChunks(encodeBatch(encoded)));
        expect(received).toEqual(
          items.map(({ ids: named, message }) => {
            const error = checkMessageCredentials(message.type, named.entityId.length > 0);
            if (error === undefined) return { type: "message", ...named, message };
            return { type: "rejected", ...named, error };
          }),
        );
      }),
    );
  });

  test("don't have their large parts copied when they are encoded", () => {
    const body = new Uint8Array(16_122);
    const encoded = encodeMessage(
      session,
      { correlationId, entityId },
      { type: "MSG", messageId: entityId, body },
    );
    expect(encoded.parts).toContain(body);
  });
});
