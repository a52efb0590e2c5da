import { decode, encode } from "../../bytes/index.ts";
import {
  certificateFingerprint,
  parseCertificate,
  signPublicKey,
  verifySignedPublicKey,
} from "../../crypto/certificate.ts";
import { decodePrivateKey, decodePublicKey } from "../../crypto/keys.ts";
import { plainBlocks } from "../../smp/block.ts";
import {
  type ClientHandshake,
  type ClientService,
  clientHandshake,
  decodeHandshake,
  type ServerHandshake,
  type ServiceRole,
  serverHandshake,
  serviceHandshake,
} from "../../smp/handshake.ts";
import { agreeVersions, sessionBlocks } from "../../smp/session.ts";
import { expectKeyPairs, rawPublicKey, secretOf } from "../keys.ts";
import { versionRangeOf } from "../values.ts";
import { expectBytes, expectSame, flag, hex, type Json, optional, text, type Vector } from "../vectors.ts";
import { chunksOf, expectSha256 } from "./values.ts";

const roles: Readonly<Record<string, ServiceRole>> = { M: "messaging", N: "notifier", P: "proxy" };

function serviceOf(input: Json): ClientService | undefined {
  return optional(input["serviceCertDer"], (certificate) => {
    const role = roles[text(input["serviceRole"])];
    if (role === undefined) throw new TypeError("not a service role");
    const signingKey = decodePrivateKey(hex(input["serviceSignPrivateKeyDer"]), "Ed25519", "Ed448");
    const key = decodePublicKey(hex(input["serviceSessionPublicKeyDer"]));
    return {
      role,
      signedKey: {
        certificateChain: [hex(certificate), hex(input["serviceCaCertDer"])],
        signedKey: signPublicKey(signingKey, key),
      },
    };
  });
}

export function checkHandshake({ input, output }: Vector): void {
  expectKeyPairs(input);
  const sessionId = hex(input["sessionId"]);
  const versions = versionRangeOf(input["serverVersionRange"]);
  const isProxy = flag(input["proxyServer"]);
  const agreed = agreeVersions(versions, versionRangeOf(input["clientVersionRange"]), isProxy);
  if (agreed === undefined) throw new Error("no version is agreed");
  expectSame(agreed.max, output["agreedVersion"], "agreed version");

  const signingKey = decodePrivateKey(hex(input["serverSignPrivateKeyDer"]), "Ed25519", "Ed448");
  const serverKey = decodePublicKey(hex(input["serverPublicKeyDer"]));
  const server: ServerHandshake = {
    versionRange: versions,
    sessionId,
    signedKey: {
      certificateChain: [hex(input["serverCertDer"]), hex(input["serverCaCertDer"])],
      signedKey: signPublicKey(signingKey, serverKey),
    },
  };
  expectBytes(encode(serverHandshake, server), output["serverHandshake"], "server handshake");
  const hello = plainBlocks.seal(chunksOf(encode(serverHandshake, server)));
  expectSha256(hello, output["serverHandshakeBlockSha256"], "server handshake block");
  const receivedServer = decodeHandshake(serverHandshake, plainBlocks.open(hello));
  const hasKey = versions.max >= 7;
  expectSame(receivedServer, { ...server, ...(hasKey ? {} : { signedKey: undefined }) }, "received server");
  const identity = parseCertificate(hex(input["serverCaCertDer"]));
  expectBytes(certificateFingerprint(identity), input["keyHash"], "key hash");
  const leafKey = parseCertificate(hex(input["serverCertDer"])).publicKey;
  if (leafKey === undefined) throw new Error("leaf has no key of ours");
  if (receivedServer.signedKey !== undefined) {
    const key = verifySignedPublicKey(leafKey, receivedServer.signedKey.signedKey);
    expectSame(key, serverKey, "signed key");
  }

  const client: ClientHandshake = {
    version: agreed.max,
    keyHash: hex(input["keyHash"]),
    key: optional(input["clientPublicKeyDer"], rawPublicKey),
    isProxy,
    service: serviceOf(input),
  };
  const clientBytes = encode(clientHandshake, client);
  expectBytes(clientBytes, output["clientHandshake"], "client handshake");
  const clientBlock = plainBlocks.seal(chunksOf(clientBytes));
  expectSha256(clientBlock, output["clientHandshakeBlockSha256"], "client handshake block");
  const receivedClient = decodeHandshake(clientHandshake, plainBlocks.open(clientBlock));
  expectSame(
    receivedClient,
    {
      ...client,
      key: agreed.max >= 7 ? client.key : undefined,
      isProxy: agreed.max >= 14 && isProxy,
    },
    "received client",
  );
  optional(output["serverHandshakeResponse"], (encoded) => {
    const accepted = { type: "accepted", serviceId: hex(input["serviceId"]) } as const;
    expectBytes(encode(serviceHandshake, accepted), encoded, "service handshake");
    expectSame(decodeHandshake(serviceHandshake, hex(encoded)), accepted, "received service");
  });
  checkBlocks({ input, output } as Vector, { version: agreed.max, sessionId, isProxy });
}

function checkBlocks(
  { input, output }: Pick<Vector, "input" | "output">,
  agreed: { readonly version: number; readonly sessionId: Uint8Array; readonly isProxy: boolean },
): void {
  const hasKeys = agreed.version >= 7;
  const dhSecret = optional(hasKeys ? input["clientPrivateKeyDer"] : undefined, (der) =>
    secretOf(der, input["serverPublicKeyDer"]),
  );
  const clientBlocks = sessionBlocks("client", { ...agreed, dhSecret });
  const serverBlocks = sessionBlocks("server", { ...agreed, dhSecret });
  const client1 = clientBlocks.seal(chunksOf(hex(input["clientBlock1Content"])));
  const client2 = clientBlocks.seal(chunksOf(hex(input["clientBlock2Content"])));
  const server1 = serverBlocks.seal(chunksOf(hex(input["serverBlock1Content"])));
  expectSame(clientBlocks !== plainBlocks, output["blocksEncrypted"], "blocks encrypted");
  expectSha256(client1, output["clientBlock1Sha256"], "client block 1");
  expectSha256(client2, output["clientBlock2Sha256"], "client block 2");
  expectSha256(server1, output["serverBlock1Sha256"], "server block 1");
  optional(output["clientBlock1"], (expected) => expectBytes(client1, expected, "client block 1"));
  optional(output["serverBlock1"], (expected) => expectBytes(server1, expected, "server block 1"));
  expectBytes(serverBlocks.open(client1), input["clientBlock1Content"], "opened client block 1");
  expectBytes(serverBlocks.open(client2), input["clientBlock2Content"], "opened client block 2");
  expectBytes(clientBlocks.open(server1), input["serverBlock1Content"], "opened server block 1");
}

export function checkServiceError({ output }: Vector): void {
  const error = { type: "HANDSHAKE", error: "BAD_SERVICE" } as const;
  const refused = { type: "rejected", error } as const;
  const inTheirWords = `TEHandshake {handshakeErr = ${error.error}}`;
  expectSame(inTheirWords, output["clientError"], "error of the client");
  expectSame(inTheirWords, output["serverError"], "error of the relay");
  expectBytes(encode(serviceHandshake, refused), output["serverHandshakeResponse"], "encoded");
  expectSame(decode(serviceHandshake, hex(output["serverHandshakeResponse"])), refused, "decoded");
}
