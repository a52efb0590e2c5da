import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { hexEncode } from "../bytes/index.ts";
import { nowMs, relayCertificates, validity } from "./certificate.fixture.ts";
import { certificateFingerprint } from "./certificate.ts";
import { parseCertificateChain, verifyCertificateChain } from "./certificate-chain.ts";
import { createLeafCertificate } from "./certificate-create.ts";
import { CryptoError } from "./errors.ts";
import { encodePrivateKey, generateKeyPair } from "./keys.ts";
import { encodePem } from "./pem.ts";
import { systemRandom } from "./random.ts";

describe.each(["Ed25519", "Ed448"] as const)("created %s certificates", (algorithm) => {
  const { identity, identityKeys, leaf, leafKeys } = relayCertificates(algorithm);

  test("are what OpenSSL reads and verifies", () => {
    const [ca, server] = [new X509Certificate(identity.der), new X509Certificate(leaf.der)];
    expect(ca.subject).toBe("CN=SMP server CA\nO=SimpleX");
    expect(server.subject).toBe("CN=localhost");
    expect(server.issuer).toBe(ca.subject);
    expect([ca.ca, server.ca]).toEqual([true, false]);
    expect(server.checkIssued(ca)).toBe(true);
    expect(server.verify(ca.publicKey)).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(server.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(Date.parse(server.validTo)).toBe(validity.notAfterMs);
    expect(ca.serialNumber).toMatch(/^[4-7][0-9A-F]{39}$/);
  });

  test("serve TLS 1.3, and the client sees the pinned chain", async () => {
    const server = createServer({
      cert: encodePem("CERTIFICATE", leaf.der) + encodePem("CERTIFICATE", identity.der),
      key: encodePem("PRIVATE KEY", encodePrivateKey(leafKeys.privateKey)),
      minVersion: "TLSv1.3",
      sigalgs: algorithm.toLowerCase(),
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("server has no port");
    const client: TLSSocket = connect({ port: address.port, rejectUnauthorized: false });
    await once(client, "secureConnect");
    const peer = client.getPeerCertificate(true);
    client.destroy();
    server.close();
    const chain = parseCertificateChain([peer.raw, peer.issuerCertificate.raw]);
    const { leafKey } = verifyCertificateChain(chain, certificateFingerprint(identity), nowMs);
    expect(hexEncode(leafKey.key)).toBe(hexEncode(leafKeys.publicKey.key));
  });

  test("have other serial numbers each time", () => {
    const again = createLeafCertificate(
      identity,
      identityKeys.privateKey,
      leafKeys.publicKey,
      "localhost",
      validity,
      systemRandom,
    );
    expect(again.der).not.toEqual(leaf.der);
  });
});

test("a leaf may have another algorithm than its issuer", () => {
  const { identity, identityKeys } = relayCertificates("Ed448");
  const { publicKey } = generateKeyPair("Ed25519", systemRandom);
  const { privateKey } = identityKeys;
  const leaf = createLeafCertificate(identity, privateKey, publicKey, "host", validity, systemRandom);
  expect(new X509Certificate(leaf.der).verify(new X509Certificate(identity.der).publicKey)).toBe(true);
});

test("a name of no or more than 64 characters, and the key of another identity, are rejected", () => {
  const { identity, identityKeys, leafKeys } = relayCertificates("Ed25519");
  const create = (commonName: string, key = identityKeys.privateKey): unknown =>
    createLeafCertificate(identity, key, leafKeys.publicKey, commonName, validity, systemRandom);
  expect(() => create("")).toThrow(CryptoError);
  expect(() => create("a".repeat(65))).toThrow("name is 65 characters");
  expect(() => create("host", leafKeys.privateKey)).toThrow("identity key is not of the identity");
});
