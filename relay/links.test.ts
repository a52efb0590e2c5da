import { describe, expect, it } from "vitest";
import { generateKeyPair } from "../core/crypto/keys.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { senderIdFromCorrelationId } from "../core/smp/sender-id.ts";
import { createQueue, sendCommand } from "./testing/queue.ts";
import { testRelay } from "./testing/relay.ts";

const auth = { type: "ERR", error: { type: "AUTH" } };
const ok = { type: "OK" };
const text = (value: string) => new TextEncoder().encode(value);
const data = (fixed: string, user: string) => ({ fixedData: text(fixed), userData: text(user) });
const noAuth = (code: string) => ({ type: "ERR", error: { type: "CMD", error: code } });

async function setUp() {
  const { connect } = testRelay();
  return { recipient: await connect(), sender: await connect(), correlationId: systemRandom(24) };
}

describe("the link of an invitation", () => {
  it("gives its data to the one who secures the queue with it, and goes with the first message", async () => {
    const { recipient, sender, correlationId } = await setUp();
    const link = { senderId: senderIdFromCorrelationId(correlationId), linkData: data("fixed", "user") };
    const queue = await createQueue(recipient, { request: { type: "messaging", link }, correlationId });
    const linkId = queue.ids.linkId ?? new Uint8Array(0);
    const mine = [queue.recipientId, queue.recipientKey.privateKey] as const;
    const [own, other] = [queue.senderKey, generateKeyPair("Ed25519", systemRandom)];
    expect(await sender.request({ type: "LGET" }, linkId)).toEqual(auth);
    const newer = data("fixed", "newer");
    expect(await recipient.request({ type: "LSET", linkId, linkData: newer }, ...mine)).toEqual(ok);
    const secure = { type: "LKEY", key: own.publicKey } as const;
    expect(await sender.request(secure, linkId)).toEqual(noAuth("NO_AUTH"));
    expect(await sender.request(secure, linkId, other.privateKey)).toEqual(auth);
    expect(await sender.request(secure, queue.recipientId, own.privateKey)).toEqual(auth);
    const given = { type: "LNK", senderId: queue.senderId, linkData: newer };
    expect(await sender.request(secure, linkId, own.privateKey)).toEqual(given);
    expect(await sender.request(secure, linkId, own.privateKey)).toEqual(given);
    const another = { type: "LKEY", key: other.publicKey } as const;
    expect(await sender.request(another, linkId, other.privateKey)).toEqual(auth);
    expect(await recipient.request({ type: "LSET", linkId, linkData: newer }, ...mine)).toEqual(auth);
    expect(await sender.request(sendCommand("hello"), queue.senderId, own.privateKey)).toEqual(ok);
    expect(await sender.request(secure, linkId, own.privateKey)).toEqual(auth);
    await recipient.event();
    expect(await recipient.request({ type: "LDEL" }, ...mine)).toEqual(ok);
  });
});

describe("the link of a contact address", () => {
  it("gives its data to everybody, until it is deleted", async () => {
    const { recipient, sender, correlationId } = await setUp();
    const linkId = systemRandom(24);
    const link = {
      linkId,
      senderId: senderIdFromCorrelationId(correlationId),
      linkData: data("fixed", "user"),
    };
    const queue = await createQueue(recipient, { request: { type: "contact", link }, correlationId });
    const mine = [queue.recipientId, queue.recipientKey.privateKey] as const;
    const { senderKey } = queue;
    expect(queue.ids.linkId).toEqual(linkId);
    const secure = { type: "LKEY", key: senderKey.publicKey } as const;
    expect(await sender.request(secure, linkId, senderKey.privateKey)).toEqual(auth);
    expect(await sender.request({ type: "LGET" }, linkId, senderKey.privateKey)).toEqual(noAuth("HAS_AUTH"));
    expect(await sender.request({ type: "LGET" }, queue.recipientId)).toEqual(auth);
    for (let time = 0; time < 2; time++) {
      expect(await sender.request({ type: "LGET" }, linkId)).toMatchObject({
        type: "LNK",
        linkData: link.linkData,
      });
    }
    const newer = data("fixed", "newer");
    expect(await recipient.request({ type: "LSET", linkId, linkData: newer }, ...mine)).toEqual(ok);
    expect(await sender.request({ type: "LGET" }, linkId)).toMatchObject({ type: "LNK", linkData: newer });
    const elsewhere = { type: "LSET", linkId: systemRandom(24), linkData: newer } as const;
    expect(await recipient.request(elsewhere, ...mine)).toEqual(auth);
    const changed = { type: "LSET", linkId, linkData: data("changed", "user") } as const;
    expect(await recipient.request(changed, ...mine)).toEqual(auth);
    expect(await recipient.request({ type: "LDEL" }, ...mine)).toEqual(ok);
    expect(await recipient.request({ type: "LDEL" }, ...mine)).toEqual(ok);
    expect(await sender.request({ type: "LGET" }, linkId)).toEqual(auth);
  });
});
