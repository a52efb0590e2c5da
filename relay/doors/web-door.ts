import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { WebSocketServer } from "ws";
import { listenOn } from "../../core/transport/node/listen.ts";
import { NodeWebSocketTransport } from "../../core/transport/node/websocket-transport.ts";
import { blockLength } from "../../core/transport/transport.ts";
import { clientAddress } from "./client-address.ts";
import type { DoorOptions, OpenDoor } from "./door.ts";
import { Gate } from "./gate.ts";
import { answerHttp } from "./page.ts";
import { webCertificate } from "./web-certificate.ts";

// Imported as a module it would load all that it exports, and so a whole HTTP client: 9 MB.
const { createServer: createHttpServer } = process.getBuiltinModule("node:http");

/** The most that the headers of a request may take, in bytes. */
const headersLengthMax = 8192;

/** Silence after which the system asks whether the client is still there, in milliseconds. */
const keepAliveDelayMs = 60_000;

/** How often connections that send no complete request are looked for at least, in milliseconds. */
const checkingIntervalMsMax = 10_000;
const tooManyConnections =
  "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/**
 * Opens the web door: SMP over WebSocket, and the page, on one port; over TLS when a certificate is set. Deno runs it,
 * too: its own server knows no bound for a message, can't keep a sender waiting, and waits for ever for who sends
 * nothing. @param keyTypes that the certificate may have; any when undefined
 * @throws SettingError when the certificate cannot be used, Error when the port cannot be listened on
 */
export async function openWebDoor(
  { relay, settings, page }: DoorOptions,
  keyTypes?: readonly string[],
): Promise<OpenDoor> {
  const certificate = webCertificate(settings, keyTypes);
  const timeoutMs = relay.limits.handshakeTimeoutSeconds * 1000;
  const connectionsCheckingInterval = Math.min(timeoutMs, checkingIntervalMsMax);
  const options = { maxHeaderSize: headersLengthMax, connectionsCheckingInterval };
  const secureServer = certificate && createHttpsServer({ ...options, ...certificate });
  const server = secureServer ?? createHttpServer(options);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: blockLength,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const gate = new Gate(relay.room, settings["trust-forwarded"] ? 0 : relay.limits.connectionsPerAddressMax);
  server.on("connection", (socket) => {
    // As an option of the server Deno does not know it.
    socket.setKeepAlive(true, keepAliveDelayMs);
    const leave = gate.enter(socket.remoteAddress ?? "");
    if (leave === false) socket.destroy();
    else socket.once("close", leave);
  });
  server.headersTimeout = timeoutMs;
  server.requestTimeout = timeoutMs;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    answerHttp(relay, page, request.method ?? "GET", request.url ?? "/").then(
      ({ status, headers, body }) =>
        response.writeHead(status, headers).end(request.method === "HEAD" ? "" : body),
      (error: unknown) => {
        relay.report(error);
        response.writeHead(500).end();
      },
    );
  });
  server.on("upgrade", (request, socket, head) => {
    const forwarded = request.headers["x-forwarded-for"];
    const remoteAddress = clientAddress(
      request.socket.remoteAddress ?? "",
      settings["trust-forwarded"] ? String(forwarded ?? "") : "",
    );
    if (!relay.admits(remoteAddress)) {
      // Node hands the socket over without a listener: a client that resets it would end the process.
      socket.on("error", () => undefined);
      socket.end(tooManyConnections, () => socket.destroy());
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      void relay.accept(new NodeWebSocketTransport(webSocket), remoteAddress);
    });
  });
  return {
    name: "web",
    port: await listenOn(server, settings["web-port"], settings["web-listen"] ?? settings.listen),
    ...(secureServer && {
      readCertificate: () => secureServer.setSecureContext({ ...webCertificate(settings, keyTypes) }),
    }),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
