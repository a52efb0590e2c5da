import { WebSocketTransport } from "../../core/transport/web/websocket-transport.ts";
import { clientAddress } from "../doors/client-address.ts";
import type { DoorOptions, OpenDoor } from "../doors/door.ts";
import { answerHttp } from "../doors/page.ts";
import type { DenoApi } from "./api.ts";

/** Seconds after which a connection that answers no ping is closed. */
const idleTimeoutSeconds = 120;

/**
 * Opens the web door on Deno Deploy: SMP over WebSocket, and the page, where the platform says, which ends TLS and
 * keeps silent clients and flooders away. @throws Error when it cannot be listened on
 */
export async function openDeployDoor(
  deno: DenoApi,
  { relay, settings, page }: DoorOptions,
): Promise<OpenDoor> {
  const listening = Promise.withResolvers<number>();
  const server = deno.serve(
    {
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
      const { status, headers, body } = await answerHttp(relay, page, request.method, request.url);
      return new Response(request.method === "HEAD" ? null : body, { status, headers });
    },
  );
  function upgrade(request: Request, peer: string): Response {
    const forwarded = settings["trust-forwarded"] ? (request.headers.get("x-forwarded-for") ?? "") : "";
    const remoteAddress = clientAddress(peer, forwarded);
    if (!relay.admits(remoteAddress)) return new Response("too many connections\n", { status: 503 });
    const upgraded = upgradeOrRefuse(request);
    if (upgraded === undefined) return new Response("bad request\n", { status: 400 });
    const { socket, response } = upgraded;
    const transport = new WebSocketTransport(socket, relay.clock);
    socket.addEventListener("open", () => void relay.accept(transport, remoteAddress));
    return response;
  }
  /** Undefined for a request that is not a proper one for a WebSocket. */
  function upgradeOrRefuse(request: Request) {
    try {
      return deno.upgradeWebSocket(request, { idleTimeout: idleTimeoutSeconds });
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }
  return { name: "web", port: await listening.promise, close: () => server.shutdown() };
}
