import { describe, expect, it } from "vitest";
import { base64urlEncode } from "../../core/bytes/index.ts";
import { generateKeyPair } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { keyToBytes } from "../store/keys.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { importStoreLog } from "./store-log.ts";

const id = () => systemRandom(24);
const text = base64urlEncode;
const key = () => generateKeyPair("Ed25519", systemRandom).publicKey;
const keyText = (value: ReturnType<typeof key>) => text(keyToBytes(value));

describe("the import of a store log", () => {
  it("takes queues over as they are after all changes", async () => {
    const store = new MemoryStore();
    const [rid, sid, nid, linkId, secret, ntfSecret, service, certHash] = [
      ...[id(), id(), id(), id()],
      ...[systemRandom(32), systemRandom(32), id(), systemRandom(32)],
    ] as const;
    if (!rid || !sid || !nid || !linkId || !secret || !ntfSecret || !service || !certHash) throw new Error();
    const [recipient, second, sender, notifier] = [key(), key(), key(), key()];
    const [fixedData, userData] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
    const deleted = id();
    const lines = [
      `NEW_SERVICE service_id=${text(service)} role=N cert=${text(secret)} cert_hash=${text(certHash)} created_at=0`,
      `CREATE rid=${text(rid)} rk=${keyText(recipient)} rdh=${text(secret)} sid=${text(sid)} sk= queue_mode=C ` +
        `link_id=${text(linkId)} queue_data=${text(fixedData)} ${text(userData)} updated_at=1700000000`,
      `CREATE rid=${text(deleted)} rk=${keyText(recipient)} rdh=${text(secret)} sid=${text(id())} sk=${keyText(sender)}`,
      "nonsense",
      `KEYS ${text(rid)} ${keyText(recipient)},${keyText(second)}`,
      `SECURE ${text(rid)} ${keyText(sender)}`,
      `NOTIFIER ${text(rid)} ${text(nid)} ${keyText(notifier)} ${text(ntfSecret)} nsrv=${text(service)}`,
      `QUEUE_SERVICE ${text(rid)} N `,
      `QUEUE_SERVICE ${text(rid)} N ${text(service)}`,
      `QUEUE_SERVICE ${text(rid)} R ${text(service)}`,
      `BLOCK ${text(rid)} reason=spam,notice={"ttl":60}`,
      `TIME ${text(rid)} 1700086400`,
      `DELETE ${text(deleted)}`,
      `SUSPEND ${text(deleted)}`,
      "",
    ];
    expect(await importStoreLog(store, lines)).toEqual({
      applied: 12,
      skipped: 2,
      firstSkipped: [4, 14],
    });
    expect(store.findQueue("recipient", rid)).toEqual({
      recipientId: rid,
      senderId: sid,
      recipientKeys: [recipient, second],
      dhSecret: secret,
      senderKey: sender,
      mode: "contact",
      linkId,
      notifier: { notifierId: nid, key: notifier, dhSecret: ntfSecret, serviceId: service },
      status: { type: "blocked", info: { reason: "spam", notice: { ttl: 60 } } },
      updatedAt: 1_700_086_400,
      serviceId: service,
    });
    expect(store.serviceQueues(service)).toEqual([rid]);
    expect(store.findQueue("link", linkId)?.recipientId).toEqual(rid);
    expect(store.serviceNotifiers(service)).toEqual([nid]);
    expect(store.service(certHash, "notifier", id())).toEqual(service);
    expect(store.findQueue("recipient", deleted)).toBeUndefined();
  });

  it("tells the numbers of the first lines that it skips, and how many there are", async () => {
    const lines = [...Array.from({ length: 1000 }, () => "nonsense"), undefined];
    const result = await importStoreLog(new MemoryStore(), lines);
    expect(result).toMatchObject({ applied: 0, skipped: 1001 });
    expect(result.firstSkipped).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });
});
