import { describe, expect, it } from "vitest";
import { DecodeError, decode, encode } from "../../bytes/index.ts";
import { ed25519 } from "../../crypto/ed25519.ts";
import { systemRandom } from "../../crypto/random.ts";
import { parseQueueUri } from "../queues/queue-text.ts";
import { parseConnectionRequest } from "./connection-request-text.ts";
import { contactLinkKeys } from "./link-keys.ts";
import { authorizeOwner, ownerCodec, ownersMax, verifyOwners } from "./owners.ts";
import { formatQuery, parseQuery } from "./query.ts";
import {
  openLinkData,
  sealFixedData,
  sealUserData,
  signFixedData,
  signUserData,
} from "./sealed-link-data.ts";
import { formatShortLink, parseShortLink } from "./short-link.ts";
import { formatSimplexName, parseSimplexName, shortSimplexName } from "./simplex-name.ts";

const queue =
  "smp://AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=@smp.example.com/9OIUNHTA11hQVD5pJIP6MesS-IJidcU6#/?v=1-4&dh=MCowBQYDK2VuAyEAG6yxbMgK8EEtY3QHO6-vV9ungFsysLg_BzpEBwBVO0I%3D&q=c";
const contact = `simplex:/contact#/?v=2-8&smp=${encodeURIComponent(queue)}`;

describe("query", () => {
  it("escapes everything but letters, digits and -_.~, and reads it back", () => {
    const parameters = [["a b", "ü&=;%"]] as const;
    expect(formatQuery(parameters)).toBe("a%20b=%C3%BC%26%3D%3B%25");
    expect([...parseQuery(formatQuery(parameters))]).toEqual([["a b", "ü&=;%"]]);
  });

  it("takes the first of a name, and leaves what is not percent-encoding as it is", () => {
    expect([...parseQuery("a=1&a=2;b&c=%zz+x&&=y")]).toEqual([
      ["a", "1"],
      ["b", ""],
      ["c", "%zz x"],
      ["", "y"],
    ]);
  });
});

describe("links that are not links", () => {
  it.each([
    "",
    "hello",
    "simplex:/contact",
    "simplex:/contact#/?",
    "simplex:/contact#/?v=9-2&smp=x",
    contact.replace("smp%3A", "ftp%3A"),
    `${contact} and more`,
    contact.replace("v=2-8", "v=2-99999"),
  ])("%s is refused", (text) => {
    expect(() => parseConnectionRequest(text)).toThrow(DecodeError);
  });

  it.each([
    "",
    "https://host/a",
    "https://host/i#AAAA",
    "simplex:/a#AAAA",
    "https://host/a#AAA!",
    "https:///a#AAAA",
  ])("short link %s is refused", (text) => {
    expect(() => parseShortLink(text)).toThrow(DecodeError);
  });

  it.each(["smp://AAAA@host/AAAA", "smp://host/AAAA#/?v=1", queue.replace("dh=", "xx=")])(
    "queue %s is refused",
    (text) => {
      expect(() => parseQueueUri(text)).toThrow(DecodeError);
    },
  );
});

describe("short link", () => {
  it("is the same when written again", () => {
    for (const text of [
      "https://a.example/g#AAAA?h=b.onion&p=1&c=AAAA",
      "simplex:/r#AAAA?h=a.example",
      "https://a.example/i#AAAA/AAAA",
    ]) {
      expect(formatShortLink(parseShortLink(text))).toBe(text);
    }
  });
});

describe("owners", () => {
  const root = ed25519.generateKeyPair(systemRandom);
  const first = ed25519.generateKeyPair(systemRandom);
  const second = ed25519.generateKeyPair(systemRandom);
  const one = authorizeOwner(Uint8Array.of(1), first.publicKey, root.privateKey);
  const two = authorizeOwner(Uint8Array.of(2), second.publicKey, first.privateKey);

  it("are authorised by the root or by one before", () => {
    expect(() => verifyOwners(root.publicKey, [one, two])).not.toThrow();
    expect(() => verifyOwners(root.publicKey, [two, one])).toThrow("not authorised");
    expect(() => verifyOwners(root.publicKey, [one, one])).toThrow("there twice");
    expect(() => verifyOwners(first.publicKey, [one])).toThrow("root key");
  });

  it("are refused when there are more than are checked", () => {
    const owners = Array.from({ length: ownersMax + 1 }, (_, i) => ({ ...one, id: Uint8Array.of(i) }));
    expect(() => verifyOwners(root.publicKey, owners)).toThrow("65 owners are more than 64");
  });

  it("may have more to them that later versions know", () => {
    const bytes = encode(ownerCodec, one).slice();
    const longer = Uint8Array.of((bytes[0] ?? 0) + 2, ...bytes.subarray(1), 7, 7);
    expect(decode(ownerCodec, longer)).toEqual(one);
    expect(() => decode(ownerCodec, bytes.subarray(0, -1))).toThrow(DecodeError);
  });
});

describe("link data", () => {
  const root = ed25519.generateKeyPair(systemRandom);
  const other = ed25519.generateKeyPair(systemRandom);
  const agentVersions = { min: 2, max: 8 };
  const request = parseConnectionRequest(contact);
  const fixed = signFixedData(root.privateKey, {
    agentVersions,
    rootKey: root.publicKey,
    request,
    entityId: Uint8Array.of(5),
  });
  const { key } = contactLinkKeys(fixed.linkKey);
  const userBy = (signer: Uint8Array) =>
    signUserData(signer, {
      agentVersions,
      data: { mode: "contact", direct: true, owners: [], relays: [], userData: new Uint8Array(300) },
    });
  const sealed = (signer: Uint8Array) => ({
    fixedData: sealFixedData(key, systemRandom(24), fixed.signed),
    userData: sealUserData(key, systemRandom(24), userBy(signer)),
  });

  it("are read back by who has the link", () => {
    const opened = openLinkData(fixed.linkKey, key, sealed(root.privateKey));
    expect(opened.fixed.entityId).toEqual(Uint8Array.of(5));
    expect(opened.user.data.userData).toHaveLength(300);
  });

  it("of another link, or signed by somebody else, are refused by name", () => {
    expect(() => openLinkData(fixed.linkKey, key, sealed(other.privateKey))).toThrow("user data signature");
    expect(() => openLinkData(systemRandom(32), key, sealed(root.privateKey))).toThrow("link data hash");
    expect(() => openLinkData(fixed.linkKey, systemRandom(32), sealed(root.privateKey))).toThrow(
      "AGENT A_CRYPTO",
    );
  });

  it("that are too long don't fit", () => {
    const long = signUserData(root.privateKey, {
      agentVersions,
      data: { mode: "contact", direct: true, owners: [], relays: [], userData: new Uint8Array(14_000) },
    });
    expect(() => sealUserData(key, systemRandom(24), long)).toThrow("too long");
  });
});

describe("simplex name", () => {
  it("is written in full, and short for people", () => {
    const name = parseSimplexName("#group");
    expect(formatSimplexName(name)).toBe("simplex:/name#group.simplex");
    expect(shortSimplexName(name)).toBe("#group");
  });

  it.each(["", "@", "@a", "a..b", "-a", "a b", "@é.simplex"])("%s is none", (text) => {
    expect(() => parseSimplexName(text)).toThrow(DecodeError);
  });
});
