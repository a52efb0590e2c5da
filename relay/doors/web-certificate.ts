import { existsSync, readFileSync } from "node:fs";
import { type RelaySettings, SettingError } from "../settings/settings.ts";

/** The certificate of the web door as PEM texts; none where it is for plain HTTP. */
export interface WebCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Reads the files that are set. @throws SettingError naming the setting that is missing, or whose file is */
export function webCertificate(settings: RelaySettings): WebCertificate | undefined {
  const { "web-cert": cert, "web-key": key } = settings;
  if (cert === undefined && key === undefined) return undefined;
  return { cert: read("web-cert", cert), key: read("web-key", key) };
}

/**
 * Makes the server of the web door. Runtimes tell of a certificate that they cannot use in errors of many kinds, but not
 * in those of the system or of Deno's permissions. @throws SettingError naming its settings for such a certificate
 */
export function withCertificate<T>(certificate: WebCertificate | undefined, makeServer: () => T): T {
  try {
    return makeServer();
  } catch (error) {
    if (certificate === undefined || !(error instanceof Error) || error.name === "NotCapable") throw error;
    if ("code" in error && !String(error.code).startsWith("ERR_")) throw error;
    throw new SettingError(`cannot use settings web-cert and web-key: ${error.message}`);
  }
}

function read(name: "web-cert" | "web-key", path: string | undefined): string {
  if (path === undefined)
    throw new SettingError(
      `cannot use setting ${name}: it is not set, but the other of web-cert and web-key is`,
    );
  if (!existsSync(path)) throw new SettingError(`cannot use setting ${name}: ${path} is missing`);
  return readFileSync(path, "utf8");
}
