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

function read(name: "web-cert" | "web-key", path: string | undefined): string {
  if (path === undefined)
    throw new SettingError(
      `cannot use setting ${name}: it is not set, but the other of web-cert and web-key is`,
    );
  if (!existsSync(path)) throw new SettingError(`cannot use setting ${name}: ${path} is missing`);
  return readFileSync(path, "utf8");
}
