import { describe, expect, test } from "vitest";
import { concat, decode, encode, utf8Encode } from "../bytes/index.ts";
import { encodePublicKey } from "../crypto/keys.ts";
import { type NewQueue, newQueue } from "./new-queue.ts";

const key = new Uint8Array(32).fill(1);
const der = encodePublicKey({ algorithm: "X25519", key });
const keys = concat(Uint8Array.of(der.length), der, Uint8Array.of(der.length), der);
const id = new Uint8Array(24);
const queue: NewQueue = {
  rcvAuthKey: { algorithm: "X25519", key },
  rcvDhKey: key,
  basicAuth: utf8Encode("pass"),
  subscribeMode: "only-create",
  request: { type: "messaging", link: { senderId: id, linkData: { fixedData: id, userData: id } } },
  notifier: { authKey: { algorithm: "X25519", key }, rcvDhKey: key },
};

describe("newQueue", () => {
  const tails: readonly (readonly [number, string, Partial<NewQueue>])[] = [
    [8, "A\x04passC", { request: undefined, notifier: undefined }],
    [9, "1\x04passCT", { request: { type: "messaging", link: undefined }, notifier: undefined }],
    [14, "1\x04passCT", { request: { type: "messaging", link: undefined }, notifier: undefined }],
  ];
  test.each(tails)("in version %i says %o after the keys", (version, tail, told) => {
    const encoded = encode(newQueue(version), queue);
    expect(encoded).toEqual(concat(keys, utf8Encode(tail)));
    expect(decode(newQueue(version), encoded)).toEqual({ ...queue, ...told });
  });

  test("tells the link since version 15, and the notifier since version 17", () => {
    const read = (version: number) => decode(newQueue(version), encode(newQueue(version), queue));
    expect(read(15)).toEqual({ ...queue, notifier: undefined });
    expect(read(16)).toEqual({ ...queue, notifier: undefined });
    expect(read(17)).toEqual(queue);
  });

  test("takes a queue without a mode for a contact queue in versions 9 to 14", () => {
    const encoded = encode(newQueue(9), { ...queue, request: undefined });
    expect(decode(newQueue(9), encoded).request).toEqual({ type: "contact", link: undefined });
  });

  test.each([
    [18, "1\x04pa:sC00"],
    [18, "0X00"],
    [18, "0SX"],
    [18, "0S1X00"],
    [18, "0S00more"],
    [9, "0SX"],
    [8, "A\x04pa:sS"],
    [8, "SS"],
  ])("in version %i refuses %o after the keys", (version, tail) => {
    expect(() => decode(newQueue(version), concat(keys, utf8Encode(tail)))).toThrow("cannot decode");
  });
});
