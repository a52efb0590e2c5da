import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { blame } from "../settings/blame.ts";
import { type RelaySettings, SettingError } from "../settings/settings.ts";

/** The certificate of the web door as PEM texts; none where it is for plain HTTP. */
export interface WebCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads the files that are set. What is wrong is found here: Deno would listen with it, and fail with each client.
 * @param keyTypes as `node:crypto` calls them; any when undefined
 * @throws SettingError naming the setting that is missing, or whose file is, or those that don't make a certificate
 */
export function webCertificate(
  settings: RelaySettings,
  keyTypes?: readonly string[],
): WebCertificate | undefined {
  const { "web-cert": certPath, "web-key": keyPath } = settings;
  if (certPath === undefined && keyPath === undefined) return undefined;
  const cert = read("web-cert", certPath);
  const key = read("web-key", keyPath);
  const wrong = findWrong(cert, key, keyTypes);
  if (wrong !== undefined) throw new SettingError(`cannot use settings web-cert and web-key: ${wrong}`);
  return { cert, key };
}

function findWrong(cert: string, key: string, keyTypes: readonly string[] | undefined): string | undefined {
  try {
    const privateKey = createPrivateKey(key);
    const type = privateKey.asymmetricKeyType ?? "unknown";
    if (keyTypes?.includes(type) === false) return `a key of type ${type} cannot be used here`;
    if (!new X509Certificate(cert).checkPrivateKey(privateKey)) return "the key is another certificate's";
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function read(name: "web-cert" | "web-key", path: string | undefined): string {
  if (path === undefined)
    throw new SettingError(
      `cannot use setting ${name}: it is not set, but the other of web-cert and web-key is`,
    );
  if (!existsSync(path)) throw new SettingError(`cannot use setting ${name}: ${path} is missing`);
  return blame(`setting ${name}`, () => readFileSync(path, "utf8"));
}
