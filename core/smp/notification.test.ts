import { describe, expect, test } from "vitest";
import { concat, encode } from "../bytes/index.ts";
import { secretbox } from "../crypto/box.ts";
import { CryptoError } from "../crypto/errors.ts";
import { systemRandom } from "../crypto/random.ts";
import { notificationMeta, openNotification, sealNotification } from "./notification.ts";

const secret = systemRandom(32);
const nonce = systemRandom(24);
const meta = { messageId: systemRandom(24), time: 1_700_000_000 };

describe("notifications", () => {
  test("open as they were sealed, in 144 bytes", () => {
    const sealed = sealNotification(secret, nonce, meta);
    expect(sealed.length).toBe(144);
    expect(openNotification(secret, nonce, sealed)).toEqual(meta);
  });

  test("may say more than we know", () => {
    const longer = concat(encode(notificationMeta, meta), Uint8Array.of(1, 2, 3));
    expect(openNotification(secret, nonce, secretbox.seal(secret, nonce, longer, 128))).toEqual(meta);
  });

  test("don't open with another secret or nonce", () => {
    const sealed = sealNotification(secret, nonce, meta);
    expect(() => openNotification(systemRandom(32), nonce, sealed)).toThrow(CryptoError);
    expect(() => openNotification(secret, systemRandom(24), sealed)).toThrow(CryptoError);
  });
});
