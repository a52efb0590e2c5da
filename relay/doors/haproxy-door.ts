import { createServer, type Socket } from "node:net";
import { DecodeError } from "../../core/bytes/index.ts";
import { listenOn } from "../../core/transport/node/listen.ts";
import { TlsTransport } from "../../core/transport/node/tls-transport.ts";
import type { Relay } from "../relay.ts";
import type { DoorOptions, OpenDoor } from "./door.ts";
import { type ProxyHeader, readProxyHeader } from "./proxy-protocol.ts";

const keepAliveDelayMs = 60_000;

/**
 * Opens the door behind HAProxy, which ends TLS and passes on the client's Finished message, as `tls-unique`,
 * in the PROXY protocol: so a relay on any runtime speaks SMP over TLS. Who reaches this door can claim any
 * session id, so it is for the terminator alone. @throws Error when the port cannot be listened on
 */
export async function openHaproxyDoor({ relay, settings }: DoorOptions): Promise<OpenDoor> {
  const server = createServer(
    { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs },
    (socket) => {
      // They are all of the terminator, which no bound for an address is meant for.
      if (!relay.room.enter()) return socket.destroy();
      socket.once("close", () => relay.room.leave());
      receiveHeader(relay, socket);
    },
  );
  return {
    name: "haproxy",
    port: await listenOn(server, settings["haproxy-port"], settings["haproxy-listen"]),
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

function receiveHeader(relay: Relay, socket: Socket): void {
  const cancel = relay.clock.after(relay.limits.handshakeTimeoutSeconds * 1000, () => socket.destroy());
  let received = new Uint8Array(0);
  const take = (chunk: Uint8Array): void => {
    const joined = new Uint8Array(received.length + chunk.length);
    joined.set(received);
    joined.set(chunk, received.length);
    received = joined;
    const header = readOrDestroy();
    if (header === undefined) return;
    socket.off("data", take);
    socket.pause();
    cancel();
    accept(header);
  };
  function readOrDestroy(): ProxyHeader | undefined {
    try {
      return readProxyHeader(received);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      socket.destroy();
      return undefined;
    }
  }
  function accept({ client, length }: ProxyHeader): void {
    if (client?.sessionId === undefined) {
      socket.destroy();
      return;
    }
    const { sessionId, alpn, remoteAddress } = client;
    const transport = new TlsTransport(socket, { sessionId, alpn, peerChain: [], ownCertificateSent: true });
    if (length < received.length) socket.unshift(received.subarray(length));
    void relay.accept(transport, remoteAddress);
  }
  socket.on("error", () => cancel());
  socket.on("close", () => cancel());
  socket.on("data", take);
}
