import type { Socket } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { TransportError } from "../errors.ts";

/**
 * The TLS client handshake over an open TCP connection. Takes the socket: it is destroyed on failure.
 * @throws TransportError `timeout`; `wrong-door` when the peer refuses as another kind of server would;
 *   `network` otherwise
 */
export function startTls(socket: Socket, options: ConnectionOptions, timeoutMs: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = connect({ ...options, socket });
    const failed = (error: TransportError) => {
      clearTimeout(timer);
      tls.destroy();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => failed(new TransportError("timeout", `cannot start TLS: no answer in ${timeoutMs} ms`)),
      timeoutMs,
    );
    const onError = (error: Error) => failed(handshakeError(error));
    const onClose = () => failed(closedInHandshake());
    tls.once("error", onError);
    tls.once("close", onClose);
    tls.once("secureConnect", () => {
      clearTimeout(timer);
      tls.off("error", onError);
      tls.off("close", onClose);
      resolve(tls);
    });
  });
}

function closedInHandshake(): TransportError {
  return new TransportError("wrong-door", "cannot start TLS: peer closed the connection in the handshake");
}

/**
 * OpenSSL's errors: an alert of the peer, or bytes that are not TLS, mean that another kind of server is there.
 * So does the end of the connection: some servers cut off who does not name a host (SNI).
 */
function handshakeError(error: Error): TransportError {
  const code = "code" in error ? String(error.code) : "";
  if (code === "ECONNRESET" || code === "EPIPE" || code.startsWith("ERR_SSL_")) {
    return new TransportError("wrong-door", `cannot start TLS: ${error.message}`, { cause: error });
  }
  return new TransportError("network", `cannot start TLS: ${error.message}`, { cause: error });
}
