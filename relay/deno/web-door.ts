import { WebSocketTransport } from "../../core/transport/web/websocket-transport.ts";
import { clientAddress } from "../doors/client-address.ts";
import type { DoorOptions, OpenDoor } from "../doors/door.ts";
import { answerHttp } from "../doors/page.ts";
import { webCertificate } from "../doors/web-certificate.ts";
import type { DenoApi } from "./api.ts";

/** Seconds after which a connection that answers no ping is closed. */
const idleTimeoutSeconds = 120;

/**
 * Opens the web door in Deno: SMP over WebSocket, and the page, on one port; over TLS when a certificate is
 * set. @throws Error when the port cannot be listened on, or the certificate does not load
 */
export async function openWebDoor(deno: DenoApi, { relay, settings, page }: DoorOptions): Promise<OpenDoor> {
  const listening = Promise.withResolvers<number>();
  const server = deno.serve(
    {
      hostname: settings["web-listen"] ?? settings.listen,
      port: settings["web-port"],
      ...webCertificate(settings),
      onListen: ({ port }) => listening.resolve(port),
      onError: (error) => {
        relay.report(error);
        return new Response("error\n", { status: 500 });
      },
    },
    async (request, { remoteAddr }) => {
      if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
        return upgrade(request, remoteAddr.hostname ?? "");
      }
      const { pathname } = new URL(request.url);
      const { status, headers, body } = await answerHttp(relay, page, request.method, pathname);
      return new Response(request.method === "HEAD" ? null : body, { status, headers });
    },
  );
  function upgrade(request: Request, peer: string): Response {
    const forwarded = settings["trust-forwarded"] ? (request.headers.get("x-forwarded-for") ?? "") : "";
    const remoteAddress = clientAddress(peer, forwarded);
    if (!relay.admits(remoteAddress)) return new Response("too many connections\n", { status: 503 });
    const { socket, response } = deno.upgradeWebSocket(request, { idleTimeout: idleTimeoutSeconds });
    const transport = new WebSocketTransport(socket, relay.clock);
    socket.addEventListener("open", () => void relay.accept(transport, remoteAddress));
    return response;
  }
  return { name: "web", port: await listening.promise, close: () => server.shutdown() };
}
