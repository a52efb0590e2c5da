import { smpVersions } from "../../core/smp/version.ts";
import { qrText } from "../qr.ts";
import type { Relay } from "../relay.ts";
import { metricsText } from "./metrics.ts";

/** What the page says about the relay. */
export interface PageInfo {
  /** The relay's address, without a password. */
  readonly address: string;
  /** Whether there is a password for new queues. */
  readonly hasPassword: boolean;
  /** Where the relay's source code is. */
  readonly source: string | undefined;
  /** Whether /metrics answers. */
  readonly metrics: boolean;
}

/** An HTTP answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const textHeaders = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The path in the target of a request, in origin form or in absolute form (RFC 9112, section 3.2). */
const targetPath = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i;

/**
 * What the web door answers to a request that is no WebSocket: the page, its health, and totals when asked for.
 * @param target as the client wrote it, which need be no URL
 */
export async function answerHttp(
  relay: Relay,
  info: PageInfo,
  method: string,
  target: string,
): Promise<HttpAnswer> {
  if (method !== "GET" && method !== "HEAD") return plain(405, "method not allowed\n");
  switch (targetPath.exec(target)?.[1]) {
    case "":
    case "/":
      return { status: 200, headers: pageHeaders, body: page(info) };
    case "/health":
      return relay.healthy ? plain(200, "ok\n") : plain(503, "failed lately; the log says why\n");
    case "/metrics":
      return info.metrics ? plain(200, await metricsText(relay)) : plain(404, "not found\n");
    default:
      return plain(404, "not found\n");
  }
}

function plain(status: number, body: string): HttpAnswer {
  return { status, headers: textHeaders, body };
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (value: string): string => value.replace(/[&<>"]/g, (char) => entities[char] ?? "");

function page({ address, hasPassword, source }: PageInfo): string {
  const shown = escapeHtml(address);
  const code =
    source === undefined ? "ask whoever runs it" : `<a href="${escapeHtml(source)}">here it is</a>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Message relay</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em }
code { word-break: break-all } pre { line-height: 1; font-size: 12px }
</style>
<h1>Message relay</h1>
<p>This relay passes on end-to-end encrypted messages of the SimpleX network. It cannot read them, and it
knows no users: no names, no accounts, no contacts.</p>
<p>Its address, to put into your chat app:</p>
<p><code>${shown}</code></p>
<pre>${escapeHtml(qrText(address))}</pre>
<p>${hasPassword ? "To receive through it, a password is needed." : "Everybody may use it."}
It speaks SMP versions ${smpVersions.min} to ${smpVersions.max}.</p>
<p>It is free software under the GNU Affero General Public License, version 3 or later. Its source code:
${code}.</p>
</html>
`;
}
